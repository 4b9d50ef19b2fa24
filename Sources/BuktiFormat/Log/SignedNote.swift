/// One signature line of a note: a name, four bytes that tell its keys apart, and what the key made.
public struct NoteSignature: Sendable, Hashable {
  /// UTF-8; compared byte by byte.
  public let name: [UInt8]
  public let keyID: UInt32
  /// As the type of the key has it; one byte at least.
  public let bytes: [UInt8]
}

/// A text with the signatures below it (C2SP signed-note).
public struct SignedNote: Sendable, Hashable {
  /// The bytes that are signed, the last LF among them.
  public let text: [UInt8]
  /// One at least, as they stand.
  public let signatures: [NoteSignature]
}

extension NoteSignature {
  /// U+2014 and a space.
  private static let dash: [UInt8] = [0xE2, 0x80, 0x94, 0x20]

  /// Reads `— NAME BASE64`; nil for anything else ([B-LOG-1]).
  init?(line: ArraySlice<UInt8>) {
    guard line.starts(with: Self.dash) else { return nil }
    let rest = line.dropFirst(Self.dash.count)
    guard let space = rest.firstIndex(of: UInt8(ascii: " ")) else { return nil }
    let name = Array(rest[..<space])
    guard Self.isName(name), let decoded = Base64.decode(rest[(space + 1)...]), decoded.count > 4
    else { return nil }
    self.name = name
    keyID = decoded.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    bytes = Array(decoded.dropFirst(4))
  }

  /// Whether this is text that can stand as the name of a key.
  static func isName(_ bytes: [UInt8]) -> Bool {
    guard !bytes.isEmpty, let text = String(validating: bytes, as: UTF8.self) else { return false }
    return text.unicodeScalars.allSatisfy { scalar in
      scalar.value >= 0x20 && scalar != "+" && !spaces.contains(scalar.value)
    }
  }

  private static let spaces: Set<UInt32> = Set(
    [0x20, 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000] + Array(0x2000...0x200A))
}
