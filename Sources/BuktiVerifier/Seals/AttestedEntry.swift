import BuktiEngines
import BuktiFormat
import BuktiTrust

/// What is kept of a counter-signature.
struct CounterEntry {
  /// Number of the attest.
  let record: UInt64
  /// Record number of the seal that it is for.
  let seal: UInt64
  let facts: SignatureFacts
}

/// What is kept of a detached half of a hand-over.
struct HalfEntry {
  struct Signed {
    let event: Event
    let party: Hash
    let isTrusted: Bool
    /// SHA-256 of what was signed.
    let content: Hash
  }

  /// Number of the attest.
  let record: UInt64
  /// Record number of the seal that it is over.
  let seal: UInt64
  /// Nil where it does not count.
  let signed: Signed?
}

extension Pass {
  /// Judges what others say about a seal by their own signatures ([B-ATT-3]).
  func takeStatements(of attest: Attest, number: UInt64) {
    guard attest.kind == .signature || attest.kind == .custody,
      let place = findSeal(attest.seal)
    else { return }
    let seal = seals[place]
    let checkpoint = seal.checkpoint(of: bundleID)
    if attest.kind == .custody {
      for value in attest.values {
        let signed = checkpoint.flatMap { signedHalf(value, over: $0) }
        halves.append(HalfEntry(record: number, seal: seal.record, signed: signed))
      }
    } else if let checkpoint {
      counterSignatures += SignatureFacts.all(attest.values, over: checkpoint, options).map {
        CounterEntry(record: number, seal: seal.record, facts: $0)
      }
    }
  }

  private func signedHalf(_ value: [UInt8], over checkpoint: [UInt8]) -> HalfEntry.Signed? {
    guard let half = try? DetachedHalf(decoding: value.span), half.checkpoint == checkpoint,
      let party = half.event.party
    else { return nil }
    let content = half.content
    let signatures = SignatureFacts.all([half.signature], over: content, options).filter {
      $0.verdict == .valid && $0.certificate == party
    }
    if signatures.isEmpty { return nil }
    return HalfEntry.Signed(
      event: half.event, party: party, isTrusted: signatures.contains { $0.trust.isTrusted },
      content: LibcryptoSHA256.digest(of: content))
  }
}

extension SealEntry {
  /// Its checkpoint, byte for byte; nil where its signatures cannot be judged.
  fileprivate func checkpoint(of bundle: BundleID) -> [UInt8]? {
    guard isJudgeable, let root else { return nil }
    return Checkpoint(bundleID: bundle, branch: branch, size: record, root: root).encoded()
  }
}
