import BuktiEngines
import BuktiFormat

/// What stands at each path beneath the target, known by 64 bits of the path's SHA-256.
///
/// Two paths that share them, which chance does not bring about, cost one of them a suffix that it would not
/// need. Never is a path taken for free that is not.
struct UsedPaths {
  enum Use: UInt8 {
    case file
    /// A folder that something lies in.
    case passage
    /// A folder that is an item.
    case folder
  }

  enum Key: Hashable {
    case digest(UInt64)
    /// Compared as Swift compares text, so that normalisation makes no difference.
    case text(String)
  }

  private let folds: Bool
  private var digests: [UInt64: Use] = [:]
  private var texts: [String: Use] = [:]

  init(folds: Bool) { self.folds = folds }

  func key(_ path: [UInt8]) -> Key {
    guard folds else { return .digest(Self.digest(path)) }
    let text = String(decoding: path, as: UTF8.self).lowercased()
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return .digest(Self.digest(Array(text.utf8))) }
    var scalars = String.UnicodeScalarView()
    scalars.append(contentsOf: text.unicodeScalars.lazy.map { Self.equalsASCII[$0] ?? $0 })
    let same = String(scalars)
    let isASCII = same.utf8.allSatisfy { $0 < 0x80 }
    return isASCII ? .digest(Self.digest(Array(same.utf8))) : .text(text)
  }

  subscript(key: Key) -> Use? {
    get {
      switch key {
      case .digest(let digest): digests[digest]
      case .text(let text): texts[text]
      }
    }
    set {
      switch key {
      case .digest(let digest): digests[digest] = newValue
      case .text(let text): texts[text] = newValue
      }
    }
  }

  /// The same for the same bundle on every system, so that it is not Swift's own hash, which has a random key.
  static func digest(_ bytes: [UInt8]) -> UInt64 { LibcryptoSHA256.digest(of: bytes).words.0 }

  /// Lower-case characters that Unicode holds equal to one of ASCII.
  static let equalsASCII: [Unicode.Scalar: Unicode.Scalar] = ["\u{37E}": ";", "\u{1FEF}": "`"]
}
