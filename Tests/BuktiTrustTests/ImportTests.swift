import Testing

@testable import BuktiTrust

@Test func imports() {}
