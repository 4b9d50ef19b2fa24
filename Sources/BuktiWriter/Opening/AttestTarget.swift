import BuktiEngines
import BuktiFormat

extension FrameReader {
  /// Checks that an attest fits the seal that it names ([B-ATT-1], [B-ATT-2]).
  ///
  /// - Throws: `attest-target` where it does not; the codes of a body that cannot be read; `io`.
  func requireTarget(of frame: FoundFrame) throws(BuktiError) {
    guard let attest: Attest = try content(frame), try isOfKnownSeal(attest, from: frame) else {
      throw BuktiError(.attestTarget)
    }
  }

  private func isOfKnownSeal(
    _ attest: Attest, from frame: FoundFrame
  ) throws(BuktiError) -> Bool {
    guard attest.seal < frame.core.number, let named = try standing(attest.seal, before: frame),
      named.core.type == .seal, named.hash == attest.sealHash, try hasPayload(named),
      let seal: Seal = try content(named)
    else { return false }
    switch (attest.kind, attest.signature) {
    case (.timestamp, let place?), (.certificates, let place?), (.crl, let place?),
      (.ocsp, let place?):
      guard place < UInt64(seal.signatures.count) else { return false }
      return attest.digest == LibcryptoSHA256.digest(of: seal.signatures[Int(place)])
    case (.signature, nil), (.logProof, nil), (.custody, nil):
      return attest.digest == LibcryptoSHA256.digest(of: seal.checkpoint)
    default: return false
    }
  }

  /// The record with a number, nil where a session between refuses it.
  private func standing(
    _ number: UInt64, before frame: FoundFrame
  ) throws(BuktiError) -> FoundFrame? {
    var refused: [Range<UInt64>] = []
    var place = frame
    while place.core.number > number {
      guard let before = try self.frame(before: place) else { return nil }
      place = before
      // Later sessions come first, so it is known by then whether this one is refused itself.
      guard place.core.type == .session, try hasPayload(place),
        !refused.contains(where: { $0.contains(place.core.number) }),
        let session: Session = try content(place), let refuses = session.refuses,
        refuses.first < place.core.number, refuses.count <= place.core.number - refuses.first
      else { continue }
      refused.append(refuses.first..<(refuses.first + refuses.count))
    }
    return refused.contains { $0.contains(number) } ? nil : place
  }
}
