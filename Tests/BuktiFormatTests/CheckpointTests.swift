import BuktiFixtures
import BuktiEngines
import BuktiFormat
import Testing

@Suite struct CheckpointTests {
  let id = BundleID(0x0001_0203_0405_0607_0809_0A0B_0C0D_0E0F)
  let root = LibcryptoSHA256().emptyRoot
  let text = """
    bukti/1/00010203-0405-0607-0809-0a0b0c0d0e0f
    1024
    47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=

    """

  @Test func threeLines() throws {
    let checkpoint = Checkpoint(bundleID: id, size: 1024, root: root)
    #expect(checkpoint.encoded() == Array(text.utf8))
    #expect(try Checkpoint(receipt: Array(text.utf8)) == checkpoint)
    let branch = Checkpoint(bundleID: id, branch: BranchID(0xAB), size: 0, root: root)
    #expect(branch.origin.hasSuffix("0e0f/000000000000000000000000000000ab"))
    #expect(try Checkpoint(receipt: branch.encoded()) == branch)
    let largest = Checkpoint(bundleID: id, size: .max >> 1, root: .zero)
    #expect(try Checkpoint(receipt: largest.encoded()) == largest)
  }

  @Test(arguments: [
    ("bukti/1/", "bukti/2/"), ("bukti/1/", "Bukti/1/"), ("bukti/1/", "bukti/1//"),
    ("bukti", " bukti"),
    ("0e0f", "0E0F"), ("0e0f", "0e0f/"), ("0e0f", "0e0f/ab"), ("0e0f", "0e0f\r"),
    ("0e0f", "0e0f/000000000000000000000000000000AB"),
    ("0e0f", "0e0f/000000000000000000000000000000ab/"), ("0e0f", "0e0"),
    ("1024", "01024"), ("1024", "+1024"), ("1024", "-1"), ("1024", ""), ("1024", "1e3"),
    ("1024", " 1024"), ("1024", "9223372036854775808"), ("1024", "18446744073709551616"),
    ("1024", "1024\n"), ("uFU=\n", "uFU="), ("uFU=\n", "uFU=\n\n"), ("uFU=\n", "uFU=\nx"),
    ("uFU=", "uFV="), ("uFU=", "uFU"), ("uFU=", "AAAAuFU="), ("47DE", ""),
  ])
  func aReceiptIsStrict(part: String, other: String) {
    let receipt = Array(text.replacingFirst(part, with: other).utf8)
    #expect(receipt != Array(text.utf8))
    #expect(code { _ = try Checkpoint(receipt: receipt) } == .receiptInvalid)
  }

  @Test func noBytesAreTooStrange() {
    var generator = SeededGenerator(seed: 6)
    #expect(code { _ = try Checkpoint(receipt: []) } == .receiptInvalid)
    for _ in 0..<2000 {
      var bytes = Array(text.utf8)
      let place = Int.random(in: bytes.indices, using: &generator)
      let old = bytes[place]
      bytes[place] = .random(in: 0...255, using: &generator)
      guard bytes[place] != old else { continue }
      if let checkpoint = try? Checkpoint(receipt: bytes), checkpoint.encoded() != bytes {
        Issue.record("\(bytes)")
      }
    }
  }
}

extension String {
  fileprivate func replacingFirst(_ part: String, with other: String) -> String {
    guard let range = firstRange(of: part) else { return self }
    return self[..<range.lowerBound] + other + self[range.upperBound...]
  }
}
