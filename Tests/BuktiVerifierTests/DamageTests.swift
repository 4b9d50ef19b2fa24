import BuktiFormat
import BuktiVerifier
import Testing

/// Every bit and every length of the smallest bundle.
@Suite struct DamageTests {
  @Test(arguments: 0..<8) func everyFlippedBitIsFoundAndPlaced(_ bit: Int) throws {
    let whole = try vector("valid/minimal.bukti")
    let frames = try Self.frames(whole)
    var missed: [Int] = []
    for byte in whole.indices {
      var bytes = whole
      bytes[byte] ^= 1 << UInt8(bit)
      guard let report = try? verify(bytes) else { continue }
      if !Self.isFound(byte, report, frames) { missed.append(byte) }
    }
    #expect(missed.isEmpty)
    // Refused for good: magic and major. The minor may be any.
    #expect(throws: BuktiError.self) { try verify([0] + whole.dropFirst()) }
  }

  /// Whether a finding that fails a claim, or a refusal, covers the byte.
  private static func isFound(_ byte: Int, _ report: Report, _ frames: [Range<Int>]) -> Bool {
    report.findings.contains { finding in
      guard finding.effect == .fails, let offset = finding.offset.map({ Int($0) }) else {
        return false
      }
      if byte < Preamble.size { return true }
      if let length = finding.length.map({ Int($0) }), finding.code != .gap {
        return offset..<(offset + length) ~= byte
      }
      return frames.contains { $0.lowerBound == offset && $0.contains(byte) }
    }
  }

  private static func frames(_ bytes: [UInt8]) throws -> [Range<Int>] {
    var frames: [Range<Int>] = []
    var place = Preamble.size
    while place < bytes.count {
      let header = try FrameHeader(decoding: bytes.span.extracting(place...))
      let end = place + Int(header.frameLength)
      frames.append(place..<end)
      place = end
    }
    return frames
  }

  @Test func everyTruncationIsSeen() throws {
    let whole = try vector("valid/minimal.bukti")
    let ends = try Self.frames(whole).map(\.upperBound)
    for length in 0..<whole.count {
      guard let report = try? verify(Array(whole[..<length])) else {
        #expect(length < Preamble.size)
        continue
      }
      #expect(report.claims[.complete] == .fails)
      #expect(report.bundle.records == UInt64(ends.count { $0 <= length }))
      let isClean = ends.contains(length) || length == Preamble.size
      #expect((report.claims[.intact] == .fails) == !isClean)
    }
  }

  @Test(arguments: [1, 7, 151, 4096]) func piecesDoNotMatter(_ piece: Int) throws {
    for path in [
      "valid/item-many-chunks", "invalid/damage_two-places", "invalid/damage_torn-garbage",
    ] {
      let bytes = try vector(path + ".bukti")
      let whole = try verify(bytes)
      #expect(try verify(bytes, piece: piece).json() == whole.json())
    }
  }
}
