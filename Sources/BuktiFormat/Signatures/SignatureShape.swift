/// What the bytes of a CMS signature hold, as far as that is seen from its form.
public struct SignatureShape: Sendable, Equatable {
  public let signers: Int
  /// Of X.509, not those of other kinds.
  public let certificates: Int

  /// The forms by name, as `registry.md` writes them.
  public static var forms: [String: String] {
    Form.rules.mapValues { $0.map(\.description).joined(separator: " / ") }
  }

  /// Reads a CMS; nil when it has not the form of spec rule B-SEA-4.
  public init?(_ bytes: [UInt8]) {
    var reader = FormReader(bytes)
    do {
      try reader.read(.named("Signature"), limit: bytes.count, depth: 0)
    } catch {
      return nil
    }
    guard reader.at == bytes.count else { return nil }
    (signers, certificates) = (reader.signers, reader.certificates)
  }
}
