/// A public key of a log or of a witness, as an operator gets it: `NAME+ID+BASE64` ([B-LOG-2]).
public struct NoteKey: Sendable, Hashable {
  /// The type of a log's own signatures: Ed25519 over the text.
  public static let ed25519: UInt8 = 1
  /// The type of a witness's signatures, which say when: Ed25519 over the time and the text.
  public static let cosignature: UInt8 = 4

  /// UTF-8; compared byte by byte.
  public let name: [UInt8]
  public let id: UInt32
  /// The type of signatures; those of others than the two above cannot be evaluated.
  public let type: UInt8
  public let bytes: [UInt8]

  /// Reads one line, with or without its LF.
  ///
  /// - Throws: `log-key-invalid`.
  public init(line: [UInt8], using engine: some SHA256Engine) throws(BuktiError) {
    let line = line.last == UInt8(ascii: "\n") ? line.dropLast() : line[...]
    let plus = UInt8(ascii: "+")
    let parts = line.split(separator: plus, maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, NoteSignature.isName(Array(parts[0])), parts[1].count == 8,
      line.count <= Limits.maxLogProof, let id = Hex.decode(parts[1]),
      let decoded = Base64.decode(parts[2]), decoded.count > 1
    else { throw Self.malformed }
    name = Array(parts[0])
    self.id = id.reduce(0) { $0 << 8 | UInt32($1) }
    type = decoded[0]
    bytes = Array(decoded.dropFirst())
    if type == Self.ed25519 || type == Self.cosignature {
      guard bytes.count == 32, Self.id(name, decoded, engine) == self.id else {
        throw Self.malformed
      }
    }
  }

  /// The first four bytes of SHA-256(name, LF, type, key).
  private static func id(_ name: [UInt8], _ key: [UInt8], _ engine: some SHA256Engine) -> UInt32 {
    let digest = engine.hash((name + [UInt8(ascii: "\n")] + key).span.raw)
    return digest.bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Whether a line says that it is by this key.
  public func made(_ signature: NoteSignature) -> Bool {
    signature.keyID == id && signature.name == name
  }

  private static var malformed: BuktiError {
    BuktiError(
      .logKeyInvalid, "This is no key of a log or a witness: one line NAME+ID+KEY is expected.")
  }
}
