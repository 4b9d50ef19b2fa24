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
    // A session's first seal has to meet its policy, unless it was signed by fewer: so it is found near the
    // session's beginning, however many seals follow.
    var tried: UInt64?
    let near = session..<min(end.checkpoint.size, session + Self.near)
    if let first = try index.first(.seal, in: near) {
      if let accepted = try judge(first, index, reader, policy, run) { return accepted }
      tried = first
    }
    var before = end.checkpoint.size
    while let number = try index.last(.seal, in: session..<before, notIn: .init()), number != tried
    {
      before = number
      if let accepted = try judge(number, index, reader, policy, run) { return accepted }
    }
    return nil
  }

  /// So many records behind a session's beginning are looked at for its first seal before all others are.
  private static var near: UInt64 { 65_536 }

  /// Accepts the run certificate for an earlier seal that met the policy; nil if this one did not.
  private func judge(
    _ number: UInt64, _ index: ProvenIndex, _ reader: RecordReader, _ policy: Policy, _ run: Hash
  ) throws(BuktiError) -> Accepted? {
    let earlier = try reader.prove(try index.record(number))
    let counting = validSigners(of: earlier.seal).intersection(policy.certificates)
    guard UInt64(counting.count) >= policy.needed, let accepted = judge(earlier.seal),
      !counting.isDisjoint(with: accepted.signers)
    else { return nil }
    return ([run], accepted.because)
  }

  private func validSigners(of seal: Seal) -> Set<Hash> {
    Set(
      reports(of: seal).flatMap(\.signers).filter { $0.verdict == .valid }
        .compactMap { $0.certificate?.fingerprint })
  }
}
