import BuktiFormat
import BuktiStore

/// Writes the list of what was extracted, `bukti-extracted.json`.
///
/// Names and paths are bytes: as text where they are UTF-8, and always in hexadecimal, so that nothing
/// of them is lost.
struct ExtractionList {
  static let name = Array("bukti-extracted.json".utf8)

  private var bytes = Array("{\"items\":[".utf8)
  private var isFirst = true

  static func write(
    _ items: [ExtractedItem], checkpoint: Checkpoint?, into directory: ConfinedDirectory,
    modified: FileTime
  ) throws(BuktiError) -> [UInt8] {
    var list = ExtractionList()
    for item in items { list.append(item) }
    list.bytes += Array("\n],".utf8)
    if let checkpoint {
      list.bytes += Array(
        "\"sealed\":{\"records\":\(checkpoint.size),\"root\":\"\(checkpoint.root.hex)\"},".utf8)
    }
    list.bytes += Array("\"format\":\"bukti-extracted/1\"}\n".utf8)
    let file = try directory.createFile(name)
    unsafe try list.bytes.span.raw.withUnsafeBytes { (bytes) throws(BuktiError) in
      unsafe try file.write(bytes, at: 0)
    }
    try file.publish(mode: 0o644, modified: modified)
    return name
  }

  private mutating func append(_ item: ExtractedItem) {
    bytes += Array((isFirst ? "\n" : ",\n").utf8)
    isFirst = false
    var fields = ["\"item\":\(item.id)", "\"status\":\"\(item.status.rawValue)\""]
    if let record = item.record { fields.append("\"record\":\(record)") }
    if let name = item.name { fields += Self.fields("name", name) }
    if let path = item.path { fields += Self.fields("path", path) }
    if let sha256 = item.sha256 { fields.append("\"sha256\":\"\(sha256.hex)\"") }
    if let reason = item.reason { fields.append("\"reason\":\(Self.string(reason))") }
    if !item.missing.isEmpty { fields.append("\"missing\":\(Self.ranges(item.missing))") }
    if !item.gaps.isEmpty { fields.append("\"gaps\":\(Self.ranges(item.gaps))") }
    bytes += Array("{\(fields.joined(separator: ","))}".utf8)
  }

  private static func fields(_ key: String, _ bytes: [UInt8]) -> [String] {
    let hex = "\"\(key)_hex\":\"\(Hex.encode(bytes))\""
    guard let text = String(validating: bytes, as: UTF8.self) else { return [hex] }
    return ["\"\(key)\":\(string(text))", hex]
  }

  private static func ranges(_ ranges: [Range<UInt64>]) -> String {
    "["
      + ranges.map { "[\($0.lowerBound),\($0.upperBound - $0.lowerBound)]" }
      .joined(separator: ",") + "]"
  }

  /// A JSON string of printable ASCII alone: a terminal that shows it cannot be misled.
  private static func string(_ text: String) -> String {
    var out = "\""
    for unit in text.utf16 {
      switch unit {
      case 0x22: out += "\\\""
      case 0x5C: out += "\\\\"
      case 0x20...0x7E: out.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
      default:
        let digits = String(unit, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      }
    }
    return out + "\""
  }
}
