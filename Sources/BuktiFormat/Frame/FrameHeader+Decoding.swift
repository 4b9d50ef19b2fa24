extension FrameHeader {
  /// Decodes a header and makes every check that needs neither payload nor neighbours: 1 to 17 of
  /// the specification's section 4.1 in their order.
  ///
  /// - Parameters:
  ///   - bytes: at least the 144 bytes of the header, as far as the volume has them.
  ///   - remaining: bytes from the start of the frame to the end of the volume.
  /// - Throws: the code of the first check that fails.
  public init(checking bytes: Span<UInt8>, remaining: UInt64) throws(BuktiError) {
    try Self.checkRemaining(remaining)
    try self.init(decoding: bytes)
    try check()
    try checkEnd(remaining: remaining)
  }

  /// Decodes the 144 bytes and makes checks 2 to 5; `check()` judges the core.
  ///
  /// - Throws: `frame-truncated`, `frame-mark`, `frame-crc`, `frame-state` or `frame-reserved`.
  public init(decoding bytes: Span<UInt8>) throws(BuktiError) {
    guard bytes.count >= Self.size else { throw BuktiError(.frameTruncated) }
    try Self.checkMark(bytes)
    try Self.checkCRC(bytes)
    state = try Self.state(bytes)
    try Self.checkReserved(bytes)
    core = try Core(decoding: bytes.extracting(Self.coreRange))
  }

  /// Checks 6 to 16: a frame that fails them may still have an end, which `checkEnd` tells.
  ///
  /// - Throws: the code of the first check that fails.
  public func check() throws(BuktiError) {
    try core.check()
    try checkState()
  }

  /// Check 1.
  ///
  /// - Throws: `frame-truncated` where not even the shortest frame fits.
  public static func checkRemaining(_ remaining: UInt64) throws(BuktiError) {
    guard remaining >= UInt64(overhead) else { throw BuktiError(.frameTruncated) }
  }

  /// - Throws: `frame-mark`.
  public static func checkMark(_ bytes: Span<UInt8>) throws(BuktiError) {
    guard hasMark(bytes) else { throw BuktiError(.frameMark) }
  }

  /// Whether `bytes` begin with the sync mark; its state is not looked at.
  public static func hasMark(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count >= mark.count else { return false }
    return mark.indices.allSatisfy { mark[$0] == bytes[$0] }
  }

  /// - Throws: `frame-crc` for a header that is torn or rotten.
  public static func checkCRC(_ bytes: Span<UInt8>) throws(BuktiError) {
    let expected = CRC32.checksum(bytes.extracting(first: crcOffset))
    guard try word(bytes, at: crcOffset) == expected else { throw BuktiError(.frameCRC) }
  }

  /// The state of the frame.
  ///
  /// - Throws: `frame-state` for all but present and withheld.
  public static func state(_ bytes: Span<UInt8>) throws(BuktiError) -> FrameState {
    guard bytes.count > mark.count, let state = FrameState(rawValue: bytes[mark.count]) else {
      throw BuktiError(.frameState)
    }
    return state
  }

  /// - Throws: `frame-reserved` where the word after the CRC is not zero.
  public static func checkReserved(_ bytes: Span<UInt8>) throws(BuktiError) {
    guard try word(bytes, at: crcOffset + 4) == 0 else { throw BuktiError(.frameReserved) }
  }

  /// Check 16.
  ///
  /// - Throws: `withheld-type` where the payload is gone and the type does not allow it.
  public func checkState() throws(BuktiError) {
    guard state == .present || core.type.isWithholdable else { throw BuktiError(.withheldType) }
  }

  /// Checks 12 and 17, after which the length of the frame can be trusted as far as its trailer.
  ///
  /// - Throws: `length-stored`, or `frame-truncated` where the volume ends inside the frame.
  public func checkEnd(remaining: UInt64) throws(BuktiError) {
    try core.checkStoredLength()
    guard frameLength <= remaining else { throw BuktiError(.frameTruncated) }
  }

  /// Check 18: compares the last 8 bytes of the frame with its length.
  ///
  /// - Throws: `frame-length`.
  public func checkTrailer(_ bytes: Span<UInt8>) throws(BuktiError) {
    var reader = ByteReader(bytes, shortage: .frameTruncated)
    guard try reader.u64() == frameLength else { throw BuktiError(.frameLength) }
  }

  /// Check 22, for a frame that is present: salt and body are those that the core states.
  ///
  /// - Throws: `payload-digest`.
  public func checkPayload(
    salt: Span<UInt8>, body: RawSpan, using engine: some SHA256Engine
  ) throws(BuktiError) {
    guard engine.payloadDigest(salt: salt, body: body) == core.payloadDigest else {
      throw BuktiError(.payloadDigest)
    }
  }

  private static func word(_ bytes: Span<UInt8>, at offset: Int) throws(BuktiError) -> UInt32 {
    var reader = ByteReader(bytes, shortage: .frameTruncated)
    _ = try reader.run(offset)
    return try reader.u32()
  }
}
