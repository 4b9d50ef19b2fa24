extension SHA256Engine {
  /// The hash that chain and tree know a record by: the leaf hash of its core.
  public func recordHash(_ core: Core) -> Hash {
    var writer = ByteWriter()
    core.encode(into: &writer)
    return recordHash(core: writer.bytes.span)
  }

  /// The record hash from the 128 bytes of the core as they stand in the frame.
  public func recordHash(core: Span<UInt8>) -> Hash {
    precondition(core.count == Core.size)
    return leafHash(core)
  }

  /// The digest of salt and body as the core states it.
  ///
  /// The salt fills a whole SHA-256 block, so that the blocks of the body line up with those of the item.
  public func payloadDigest(salt: Span<UInt8>, body: RawSpan) -> Hash {
    hash(Self.block(salt).span.raw, then: body)
  }

  /// A running payload digest that waits for the body.
  public func startPayload(salt: Span<UInt8>) -> any SHA256State {
    let state = start()
    state.update(Self.block(salt).span.raw)
    return state
  }

  private static func block(_ salt: Span<UInt8>) -> InlineArray<64, UInt8> {
    precondition(salt.count == FrameHeader.saltSize)
    var block = InlineArray<64, UInt8>(repeating: 0)
    for index in salt.indices { block[index] = salt[index] }
    return block
  }
}
