import BuktiFormat
import BuktiStore

/// Writes the list of what was extracted, `bukti-extracted.json`.
///
/// Names and paths are bytes: as text where they are UTF-8, and always in hexadecimal, so that nothing
/// of them is lost.
struct ExtractionList {
  static let name = Array("bukti-extracted.json".utf8)
  private static let pieceSize = 256 << 10

  private let file: ConfinedFile
  private var written: UInt64 = 0
  private var bytes = Array("{\"items\":[".utf8)
  private var isFirst = true

  private init(_ directory: ConfinedDirectory) throws(BuktiError) {
    file = try directory.createFile(Self.name)
  }

  static func write(
    _ items: ExtractedItems, checkpoint: Checkpoint?, into directory: ConfinedDirectory,
    modified: FileTime
  ) throws(BuktiError) -> [UInt8] {
    var list = try ExtractionList(directory)
    for item in items {
      list.append(item)
      if list.bytes.count >= pieceSize { try list.flush() }
    }
    list.bytes += "\n],".utf8
    if let checkpoint {
      list.bytes +=
        "\"sealed\":{\"records\":\(checkpoint.size),\"root\":\"\(checkpoint.root.hex)\"},".utf8
    }
    list.bytes += "\"format\":\"bukti-extracted/1\"}\n".utf8
    try list.flush()
    try list.file.publish(mode: 0o644, modified: modified)
    return name
  }

  private mutating func flush() throws(BuktiError) {
    unsafe try bytes.span.bytes.withUnsafeBytes { (bytes) throws(BuktiError) in
      unsafe try file.write(bytes, at: written)
    }
    written += UInt64(bytes.count)
    bytes.removeAll(keepingCapacity: true)
  }

  private mutating func append(_ item: ExtractedItem) {
    bytes += (isFirst ? "\n" : ",\n").utf8
    isFirst = false
    bytes += "{\"item\":\(item.id),\"status\":\"\(item.status.rawValue)\"".utf8
    if let record = item.record { bytes += ",\"record\":\(record)".utf8 }
    if let name = item.name { append("name", name) }
    if let path = item.path { append("path", path) }
    if let sha256 = item.sha256 { bytes += ",\"sha256\":\"\(sha256.hex)\"".utf8 }
    if let reason = item.reason {
      bytes += ",\"reason\":".utf8
      append(reason)
    }
    append("missing", item.missing)
    append("gaps", item.gaps)
    bytes.append(UInt8(ascii: "}"))
  }

  private mutating func append(_ key: String, _ value: [UInt8]) {
    if let text = String(validating: value, as: UTF8.self) {
      bytes += ",\"\(key)\":".utf8
      append(text)
    }
    bytes += ",\"\(key)_hex\":\"\(Hex.encode(value))\"".utf8
  }

  private mutating func append(_ key: String, _ ranges: [Range<UInt64>]) {
    if ranges.isEmpty { return }
    let list = ranges.lazy.map { "[\($0.lowerBound),\($0.upperBound - $0.lowerBound)]" }
    bytes += ",\"\(key)\":[\(list.joined(separator: ","))]".utf8
  }

  /// A JSON string of printable ASCII alone: a terminal that shows it cannot be misled.
  private mutating func append(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for unit in text.utf16 {
      switch unit {
      case 0x22: bytes += "\\\"".utf8
      case 0x5C: bytes += "\\\\".utf8
      case 0x20...0x7E: bytes.append(UInt8(unit))
      default:
        let digits = String(unit, radix: 16)
        bytes += "\\u\(String(repeating: "0", count: 4 - digits.utf8.count))\(digits)".utf8
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
