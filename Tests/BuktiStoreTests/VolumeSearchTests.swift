import BuktiFixtures
import BuktiFormat
import BuktiStore
import Testing

/// Finding the files of a bundle from any one of them.
@Suite struct VolumeSearchTests {
  private let folder = TemporaryFolder()

  private func write(_ name: String, _ number: UInt32, _ id: BundleID = BundleID(7)) throws {
    var bytes = ByteWriter()
    Preamble(volume: number, bundleID: id).encode(into: &bytes)
    try folder.write(name, bytes.bytes)
  }

  private func find(_ name: String, _ elsewhere: [String] = []) throws(BuktiError) -> [String] {
    try BundleVolumes.paths(of: folder.file(name), elsewhere: elsewhere.map(folder.file)).map {
      String(decoding: $0.dropFirst(folder.path.count + 1), as: UTF8.self)
    }
  }

  @Test func anyOneLeadsToAll() throws {
    let names = ["a.bukti", "a.v001.bukti", "a.v002.bukti"]
    for (number, name) in names.enumerated() { try write(name, UInt32(number)) }
    for name in names { #expect(try find(name) == names) }
  }

  @Test func manyAreFound() throws {
    try write("a.bukti", 0)
    for number in 1..<1002 {
      let digits = String(repeating: "0", count: max(0, 3 - "\(number)".count)) + "\(number)"
      try write("a.v\(digits).bukti", UInt32(number))
    }
    #expect(try find("a.v1001.bukti").count == 1002)
  }

  @Test func aMissingOneIsNamed() throws {
    try write("a.bukti", 0)
    try write("a.v002.bukti", 2)
    for name in ["a.bukti", "a.v002.bukti"] {
      do throws(BuktiError) {
        _ = try find(name)
        Issue.record("nothing is missing")
      } catch { #expect(error.code == .notFound && error.message.contains("a.v001.bukti")) }
    }
    try write("other", 1)
    #expect(try find("a.bukti", ["other"]) == ["a.bukti", "other", "a.v002.bukti"])
  }

  @Test func withoutTheFirstThereIsNoBundle() throws {
    try write("a.v001.bukti", 1)
    try write("b", 1)
    #expect(code { _ = try find("a.v001.bukti") } == .notFound)
    #expect(try find("b") == ["b"])
    try write("first", 0)
    #expect(try find("b", ["first"]) == ["first", "b"])
    #expect(try find("a.v001.bukti", ["first"]).first == "first")
  }

  @Test func foldersAreLookedIn() throws {
    try write("a.bukti", 0)
    try folder.makeFolder("d")
    try write("d/a.v001.bukti", 1)
    #expect(try find("a.bukti") == ["a.bukti"])
    #expect(try find("a.bukti", ["d"]) == ["a.bukti", "d/a.v001.bukti"])
    #expect(try find("d/a.v001.bukti", ["."]) == ["./a.bukti", "d/a.v001.bukti"])
  }

  @Test func whatIsElsewhereMustBelong() throws {
    try write("a.bukti", 0)
    try write("foreign", 1, BundleID(8))
    try folder.write("text", [1, 2, 3])
    try write("x", 1)
    try write("y", 1)
    for wrong in [["foreign"], ["text"], ["x", "y"]] {
      #expect(code { _ = try find("a.bukti", wrong) } == .usage)
    }
    #expect(code { _ = try find("a.bukti", ["nothing"]) } == .notFound)
  }

  @Test func otherNamesAreNoVolumes() throws {
    try write("a.bukti", 0)
    for name in ["a.v1.bukti", "a.v001.bukti.part", "a.v001", "av001.bukti", "a.v00x.bukti"] {
      try write(name, 1)
    }
    #expect(try find("a.bukti") == ["a.bukti"])
    // What is no volume at all is for its reader to refuse.
    try folder.write("text", [1, 2, 3])
    #expect(try find("text") == ["text"])
  }
}
