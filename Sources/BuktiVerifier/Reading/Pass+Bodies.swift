import BuktiFormat

extension Pass {
  /// Says what check 22 and the decoding of the body found ([B-DMG-6]).
  func contents(of read: ReadFrame) throws(BuktiError) -> RecordContents {
    let core = read.frame.core
    switch read.content {
    case .closed: return read.frame.defect == nil ? .withheld : unusable()
    case .wrongPayload:
      let item = core.itemID > 0 ? core.itemID : nil
      findings.add(Finding(.payloadDigest, record: core.number, at: read.place, item: item))
      return unusable()
    case .unread:
      leaveOut(core) {
        $0.recordsNotRead += 1
        $0.bytesNotRead += core.storedLength
      }
      return .unread
    case .undecoded where coverage.level == .stored:
      leaveOut(core) { $0.recordsNotDecoded += 1 }
      return .unread
    default: break
    }
    if core.type == .data, !mayDecode(core.plainLength) { return .undecoded }
    switch read.content {
    case .failed(let error): return try undecodable(error, read)
    case .zeros:
      plainBytes += core.plainLength
      return .zeros
    case .data(let plain):
      plainBytes += core.plainLength
      return .data(plain)
    case .body(let body):
      if case .gap(let gap) = body, mayDecode(gap.length) { plainBytes += gap.length }
      return .body(body)
    case .undecoded, .unread, .closed, .wrongPayload: return .undecoded
    }
  }

  private func undecodable(
    _ error: BuktiError, _ read: ReadFrame
  ) throws(BuktiError) -> RecordContents {
    guard error.code.claim == .intact else { throw error }
    let core = read.frame.core
    let item = core.itemID > 0 ? core.itemID : nil
    findings.add(
      Finding(error.code, record: core.number, at: read.place, item: item), owner: core.number)
    return unusable()
  }

  private func leaveOut(_ core: Core, _ count: (inout Coverage) -> Void) {
    count(&coverage)
    if coverage.first == nil { coverage.first = core.number }
  }

  private func unusable() -> RecordContents {
    state.hasUnusable = true
    return .unusable
  }

  /// Whether `count` more plain bytes may be decoded; the first time not, that is said.
  func mayDecode(_ count: UInt64) -> Bool {
    if !stopsDecoding, count > options.maxPlain - min(plainBytes, options.maxPlain) {
      stopsDecoding = true
      findings.add(Finding(.maxPlain))
    }
    return !stopsDecoding
  }
}
