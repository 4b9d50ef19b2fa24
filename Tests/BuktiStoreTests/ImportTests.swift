import Testing

@testable import BuktiStore

@Test func imports() {}
