import BuktiEngines
public import BuktiFormat
public import BuktiStore

/// Verifies a proof of a part without the bundle (spec/proof.md), in bounded memory and without writing anything.
public struct ProofVerifier: Sendable {
  /// Roots, pins, receipts and time as for a bundle; the rest is not used.
  public let options: VerificationOptions

  public init(_ options: VerificationOptions) { self.options = options }

  /// Reads a proof once and says what it shows.
  ///
  /// - Parameters:
  ///   - proof: a file or a pipe.
  ///   - content: the bytes that the proof is about: the item's, or those of its range.
  ///   - range: gets the bytes of a range as they are read. They count once the report says that the proof is
  ///     included and that its records counted.
  /// - Throws: `proof-truncated`, `proof-magic`, `proof-version`, `proof-length`, `proof-trailing` and the codes
  ///   that begin with `cbor-` and `schema-` for what is no proof; `io`; what `range` throws. What is wrong
  ///   in a proof is never thrown: the report tells it.
  public func verify(
    _ proof: any ByteSource, content: (any ByteSource)? = nil, range: (any ProofSink)? = nil
  ) throws(BuktiError) -> ProofReport {
    let stream = ProofStream(proof)
    let start = try stream.header()
    let header = try ProofHeader(decoding: start.span)
    let bytes = try stream.take(Int(header.length))
    let body = try ProofBody(decoding: bytes.span)
    if body.range == nil { try stream.end() }
    var reader = ProofReader(body, stream, range)
    let reading: ProofReading
    do throws(BuktiError) { reading = try reader.read() } catch {
      guard error.code.proofClaim == .included else { throw error }
      return ProofReport(body, ProofFinding(error.code, record: reader.record), options)
    }
    var given: (size: UInt64, sha256: Hash)?
    if let content { given = try Self.digest(of: content) }
    return ProofReport(reading, ProofJudgement(reading, given: given, options), options)
  }

  private static func digest(
    of source: any ByteSource
  ) throws(BuktiError) -> (size: UInt64, sha256: Hash) {
    let digest = LibcryptoSHA256().start()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { unsafe buffer.deallocate() }
    var size: UInt64 = 0
    while true {
      let count = unsafe try source.read(into: buffer)
      if count == 0 { return (size, digest.digest()) }
      digest.update(unsafe RawSpan(_unsafeBytes: buffer[..<count]))
      size += UInt64(count)
    }
  }
}
