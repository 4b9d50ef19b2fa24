import BuktiEngines
import BuktiFormat
import BuktiStore

extension RecordReader {
  /// Checks that an attest fits the seal that it names ([B-ATT-1], [B-ATT-2]).
  ///
  /// - Throws: `attest-target` where it does not; the codes of a body that cannot be read; `io`.
  func requireTarget(of frame: StoredRecord) throws(BuktiError) {
    guard let attest = try known(Attest.self, of: frame), try isOfKnownSeal(attest, from: frame)
    else {
      throw BuktiError(.attestTarget)
    }
  }

  private func isOfKnownSeal(
    _ attest: Attest, from frame: StoredRecord
  ) throws(BuktiError) -> Bool {
    guard attest.seal < frame.core.number, let named = try standing(attest.seal, before: frame),
      named.core.type == .seal, named.hash == attest.sealHash, try hasPayload(of: named),
      let seal = try known(Seal.self, of: named)
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
    _ number: UInt64, before frame: StoredRecord
  ) throws(BuktiError) -> StoredRecord? {
    var refused: [Range<UInt64>] = []
    var place = frame
    while place.core.number > number {
      guard let before = try chained(before: place) else { return nil }
      place = before
      // Later sessions come first, so it is known by then whether this one is refused itself.
      guard place.core.type == .session, try hasPayload(of: place),
        !refused.contains(where: { $0.contains(place.core.number) }),
        let session = try known(Session.self, of: place), let refuses = session.refuses,
        refuses.first < place.core.number, refuses.count <= place.core.number - refuses.first
      else { continue }
      refused.append(refuses.first..<(refuses.first + refuses.count))
    }
    return refused.contains { $0.contains(number) } ? nil : place
  }

  /// The record before another one, chained to it; nil where there is none.
  private func chained(before next: StoredRecord) throws(BuktiError) -> StoredRecord? {
    do throws(BuktiError) {
      let found = try record(endingAt: next.address)
      let isChained =
        found.hash == next.core.previous && found.core.number + 1 == next.core.number
      return isChained ? found : nil
    } catch {
      if error.isOfStorage { throw error }
      return nil
    }
  }
}
