import BuktiFormat
import BuktiStore
import BuktiTrust

extension Acceptance {
  /// Judges a seal by its own signers, or by what stands behind its session's run certificate.
  ///
  /// - Throws: `io`, `dead`.
  func judge(_ end: SealedEnd, _ reader: RecordReader) throws(BuktiError) -> Accepted? {
    if let accepted = judge(end.seal) { return accepted }
    do throws(BuktiError) { return try judgeRun(end, reader) } catch {
      if error.isOfStorage { throw error }
      return nil
    }
  }

  /// Accepts the run certificate where an earlier seal of the session, by somebody who is accepted, met
  /// the session's policy (section 11.3).
  ///
  /// Every record on the way is proven by the seal in question; the earlier seal proves itself.
  private func judgeRun(
    _ end: SealedEnd, _ reader: RecordReader
  ) throws(BuktiError) -> Accepted? {
    // Most forged seals bear no valid signature at all, and there may be very many of them.
    let signers = validSigners(of: end.seal)
    if signers.isEmpty { return nil }
    let index = try ProvenIndex(reader, end: end)
    let session = end.tail.state.session
    let policy = try index.content(Session.self, of: session).policy
    guard let run = policy.run, signers.contains(run) else { return nil }
    var before = end.checkpoint.size
    while let number = try index.last(.seal, in: session..<before, notIn: []) {
      before = number
      let earlier = try reader.prove(try index.record(number))
      let counting = validSigners(of: earlier.seal).intersection(policy.certificates)
      guard UInt64(counting.count) >= policy.needed, let accepted = judge(earlier.seal),
        !counting.isDisjoint(with: accepted.signers)
      else { continue }
      return ([run], accepted.because)
    }
    return nil
  }

  private func validSigners(of seal: Seal) -> Set<Hash> {
    Set(
      reports(of: seal).flatMap(\.signers).filter { $0.verdict == .valid }
        .compactMap { $0.certificate?.fingerprint })
  }
}
