extension Core {
  /// All checks of a core by itself, 6 to 15 of the specification's section 4.1 in their order.
  ///
  /// Bundle id, number and previous hash are left to whoever knows the record before.
  /// - Throws: the code of the first check that fails.
  public func check() throws(BuktiError) {
    try checkReserved()
    try checkIntegers()
    try checkFlags()
    try checkType()
    try checkCodec()
    try checkStoredLength()
    try checkPlainLength()
    try checkItem()
    try checkOffset()
  }

  /// - Throws: `core-reserved`.
  public func checkReserved() throws(BuktiError) {
    guard reserved == 0 else { throw BuktiError(.coreReserved) }
  }

  /// - Throws: `core-integer` for a value of 2^63 or more.
  public func checkIntegers() throws(BuktiError) {
    let all = number | itemID | offset | plainLength | storedLength
    guard all < Limits.integer else { throw BuktiError(.coreInteger) }
  }

  /// - Throws: `core-flags`, as no flag is defined.
  public func checkFlags() throws(BuktiError) {
    guard flags == 0 else { throw BuktiError(.coreFlags) }
  }

  /// - Throws: `type-unknown` for a critical type that this version does not know.
  public func checkType() throws(BuktiError) {
    guard type.isKnown || type.isOptional else { throw BuktiError(.typeUnknown) }
  }

  /// - Throws: `codec-unknown` or `codec-not-allowed`.
  public func checkCodec() throws(BuktiError) {
    guard codec.isKnown else { throw BuktiError(.codecUnknown) }
    guard type.allows(codec) else { throw BuktiError(.codecNotAllowed) }
  }

  /// - Throws: `length-stored` where the salt does not fit, the body is over the limit, or a zero run has one.
  public func checkStoredLength() throws(BuktiError) {
    let salt = UInt64(FrameHeader.saltSize)
    let most = codec == .zeroRun ? salt : salt + Limits.maxPlainLength
    guard salt...most ~= storedLength else { throw BuktiError(.lengthStored) }
  }

  /// - Throws: `length-plain` where it disagrees with codec and stored length, or is over the limit.
  public func checkPlainLength() throws(BuktiError) {
    let salt = UInt64(FrameHeader.saltSize)
    let agrees =
      switch codec {
      case .stored: storedLength >= salt && plainLength == storedLength - salt
      case .deflate: storedLength > salt && storedLength - salt < plainLength
      default: true
      }
    let most = type == .index ? Limits.maxIndexLength : Limits.maxPlainLength
    let least: UInt64 = type == .data ? 1 : 0
    guard agrees, least...most ~= plainLength else { throw BuktiError(.lengthPlain) }
  }

  /// - Throws: `core-item` where item id or offset is there and must not be, or the other way round.
  public func checkItem() throws(BuktiError) {
    let itemAgrees =
      switch type.itemRule {
      case .required: itemID > 0
      case .forbidden: itemID == 0
      case .allowed: true
      }
    guard itemAgrees, offset == 0 || type.hasOffset else { throw BuktiError(.coreItem) }
  }

  /// - Throws: `core-offset` where data would end, or a gap begin, at 2^56 or later.
  public func checkOffset() throws(BuktiError) {
    let length = type == .data ? plainLength : 0
    guard offset <= Limits.maxItemEnd, length <= Limits.maxItemEnd - offset else {
      throw BuktiError(.coreOffset)
    }
  }
}
