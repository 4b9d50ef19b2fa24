import BuktiFormat
import BuktiTrust
import Testing

/// A fixed sequence, so that a failure repeats (SplitMix64).
private struct Sequence64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

@Test func everyTruncationIsMalformed() throws {
  let cms = try seal()
  for count in 0..<cms.count {
    #expect(check(Array(cms.prefix(count))).refused == .malformed, "\(count)")
  }
  #expect(check(cms + [0]).refused == .malformed)
}

/// The signer's certificate (by its hash in ESS), the signed attributes and the signature: whoever flips a bit there is found.
@Test func flippedBitsAreFound() throws {
  let cms = try seal()
  let certificate = try #require(cms.firstRange(of: alice.certificate.der))
  let contentType: [UInt8] = [0x30, 0x18, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01]
  let attributes = try #require(cms.firstRange(of: contentType)).lowerBound
  let ecdsa: [UInt8] = [0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02]
  let algorithm = try #require(
    (attributes..<cms.count).last { Array(cms[$0...].prefix(ecdsa.count)) == ecdsa })
  var random = Sequence64(state: 7)
  var stillValid = 0
  for _ in 0..<2000 {
    let at = Int.random(in: 0..<cms.count, using: &random)
    var flipped = cms
    flipped[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    let report = check(flipped, pins: [alice.certificate.fingerprint])
    let isProtected =
      certificate.contains(at) || (attributes..<algorithm).contains(at)
      || at >= algorithm + ecdsa.count
    for signer in report.signers where signer.isSound {
      stillValid += 1
      #expect(signer.certificate == alice.certificate && signer.claimedTime == noon + 60)
      #expect(!isProtected, "byte \(at): \(cms[at]) -> \(flipped[at])")
    }
  }
  #expect(stillValid < 500)
}

@Test func noiseIsMalformed() {
  var random = Sequence64(state: 11)
  for count in 0..<300 {
    let noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    #expect(check(noise).refused != nil || check(noise).signers.isEmpty)
  }
}
