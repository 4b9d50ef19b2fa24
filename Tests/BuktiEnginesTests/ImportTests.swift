import Testing

@testable import BuktiEngines

@Test func imports() {}
