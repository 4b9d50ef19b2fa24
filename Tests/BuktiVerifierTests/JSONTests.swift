import Testing

@testable import BuktiVerifier

@Suite struct JSONTests {
  @Test func sortsKeysAndEscapes() {
    let json = JSON.object(["b": .string("\u{1B}\"\u{202E}é\u{10FFFF}"), "a": .array([])])
    #expect(json.text == "{\n  \"a\": [],\n  \"b\": \"\\u001b\\\"\\u202eé\u{10FFFF}\"\n}\n")
  }
}
