import BuktiFormat

extension Pass {
  /// Check 22 and the decoding of the body ([B-DMG-6]).
  func read(_ frame: Frame, at place: Place) throws(BuktiError) -> RecordContents {
    let core = frame.core
    guard frame.defect == nil else { return unusable() }
    guard frame.isPresent else { return .withheld }
    let item = core.itemID > 0 ? core.itemID : nil
    guard frame.payloadHolds else {
      findings.add(Finding(.payloadDigest, record: core.number, at: place, item: item))
      return unusable()
    }
    if core.type == .data, !mayDecode(core.plainLength) { return .undecoded }
    do throws(BuktiError) {
      return try decode(frame)
    } catch {
      guard error.code.claim == .intact else { throw error }
      findings.add(
        Finding(error.code, record: core.number, at: place, item: item), owner: core.number)
      return unusable()
    }
  }

  private func unusable() -> RecordContents {
    state.hasUnusable = true
    return .unusable
  }

  private func decode(_ frame: Frame) throws(BuktiError) -> RecordContents {
    let core = frame.core
    if core.codec == .zeroRun {
      plainBytes += core.plainLength
      return .zeros
    }
    let plain = unsafe try plainBody.decode(frame)
    guard core.type == .data else {
      let body = try RecordBody(type: core.type, plain: unsafe plain.octets.span)
      if case .gap(let gap) = body, mayDecode(gap.length) { plainBytes += gap.length }
      return .body(body)
    }
    plainBytes += core.plainLength
    return .data(unsafe PlainBytes(plain))
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
