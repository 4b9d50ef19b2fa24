import Testing

@testable import BuktiFormat

@Test func imports() {}
