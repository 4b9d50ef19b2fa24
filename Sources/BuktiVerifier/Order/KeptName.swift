import BuktiEngines
import BuktiFormat

/// A name, kept only to compare others with it: of a long one its length and digest.
///
/// A name may have 65,535 bytes and take a hundredth of that in the file, and states that hold it are kept to the end.
struct KeptName: Sendable, Equatable {
  /// Names of files are shorter.
  private static let longest = 255

  private let length: Int
  /// The name; of a long one, its SHA-256.
  private let bytes: [UInt8]

  init(_ name: [UInt8]) {
    length = name.count
    bytes = name.count <= Self.longest ? name : LibcryptoSHA256.digest(of: name).bytes
  }
}
