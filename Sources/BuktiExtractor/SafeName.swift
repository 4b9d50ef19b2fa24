import BuktiEngines
import BuktiFormat
import BuktiStore

/// Turns one part of a name into one that a file system can hold, and back.
///
/// What it cannot hold becomes `%XX`; a `%` that would read as such an escape becomes `%25`. Only a part
/// that is too long cannot be turned back: it is cut, and the list of the extraction has the original.
public enum SafeName {
  private static let percent = UInt8(ascii: "%")
  /// Stands for a part that is empty.
  private static let empty = Array("%-".utf8)
  private static let reservedOnWindows: Set<String> = {
    let numbered = (1...9).flatMap { ["com\($0)", "lpt\($0)"] }
    return Set(["con", "prn", "aux", "nul"] + numbered)
  }()

  /// A part that is not empty, has no `/` and no NUL, is neither `.` nor `..`, and fits into 255 bytes.
  public static func escape(_ part: [UInt8], forWindows: Bool = false) -> [UInt8] {
    if part.isEmpty { return empty }
    let isDots = part == [UInt8(ascii: ".")] || part == Array("..".utf8)
    let isPart = part.starts(with: ConfinedDirectory.partPrefix)
    var out: [UInt8] = []
    for (index, byte) in part.enumerated() {
      let isFirst = index == 0
      let isHidden = isDots || (isPart && isFirst) || byte == 0 || byte == UInt8(ascii: "/")
      let isWrong = forWindows && isRefusedByWindows(byte, in: part, at: index)
      if isHidden || isWrong || (byte == percent && readsAsEscape(part, at: index)) {
        append(byte, to: &out)
      } else {
        out.append(byte)
      }
    }
    return out.count <= ConfinedDirectory.maximumPart ? out : cut(out, of: part)
  }

  /// The part that `escape` made this of; nil where `escape` makes nothing of the kind, or cut it.
  public static func unescape(_ name: [UInt8]) -> [UInt8]? {
    if name == empty { return [] }
    var out: [UInt8] = []
    var rest = name[...]
    while let byte = rest.popFirst() {
      guard byte == percent, let first = rest.first, let high = digit(first),
        let low = rest.dropFirst().first.flatMap(digit)
      else {
        out.append(byte)
        continue
      }
      rest.removeFirst(2)
      out.append(high << 4 | low)
    }
    return out
  }

  /// Shortens a part and makes it unique by the digest of the original.
  private static func cut(_ escaped: [UInt8], of part: [UInt8]) -> [UInt8] {
    let mark = Array("%~".utf8) + Array(LibcryptoSHA256.digest(of: part).hex.utf8.prefix(32))
    return escaped.prefix(ConfinedDirectory.maximumPart - mark.count) + mark
  }

  private static func readsAsEscape(_ part: [UInt8], at index: Int) -> Bool {
    let next = part[(index + 1)...]
    if part == empty { return true }
    guard let first = next.first, digit(first) != nil, let second = next.dropFirst().first else {
      return false
    }
    return digit(second) != nil
  }

  private static func isRefusedByWindows(_ byte: UInt8, in part: [UInt8], at index: Int) -> Bool {
    if byte < 0x20 || "<>:\"\\|?*".utf8.contains(byte) { return true }
    let isLast = index == part.count - 1
    if isLast, byte == UInt8(ascii: ".") || byte == UInt8(ascii: " ") { return true }
    guard index == 0 else { return false }
    let stem = part.prefix { $0 != UInt8(ascii: ".") }
    return reservedOnWindows.contains(String(decoding: stem, as: UTF8.self).lowercased())
  }

  private static func append(_ byte: UInt8, to out: inout [UInt8]) {
    let digits = Array("0123456789ABCDEF".utf8)
    out += [percent, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }

  private static func digit(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
