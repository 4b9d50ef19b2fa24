import BuktiFormat
import FoundationEssentials

/// Receipts as people bring them back: the three lines, or JSON that holds them.
enum ReceiptFile {
  private struct Wrapped: Decodable { var checkpoint: String }

  /// - Throws: `receipt-invalid`, `not-found`, `io`.
  static func read(_ paths: [RawPath]) throws(BuktiError) -> [Checkpoint] {
    var all: [Checkpoint] = []
    for path in paths { all.append(try read(path)) }
    return all
  }

  private static func read(_ path: RawPath) throws(BuktiError) -> Checkpoint {
    let bytes = try SmallFile.read(at: path)
    do throws(BuktiError) { return try Checkpoint(receipt: lines(bytes)) } catch {
      throw BuktiError(
        .receiptInvalid, "\(path.text) is no receipt: three lines, as bukti receipt writes them.")
    }
  }

  /// One object; `checkpoint` holds the receipt byte for byte, the rest is there to be read.
  static func json(_ checkpoint: Checkpoint) -> String {
    let branch = checkpoint.branch.map { "\"\(Hex.encode($0.bytes))\"" } ?? "null"
    let lines = String(decoding: checkpoint.encoded(), as: UTF8.self)
    return """
      {
        "format": "bukti-receipt/1",
        "bundle": "\(checkpoint.bundleID.uuid)",
        "branch": \(branch),
        "records": \(checkpoint.size),
        "root": "\(checkpoint.root.hex)",
        "checkpoint": "\(lines.replacing("\n", with: "\\n"))"
      }

      """
  }

  /// A text that went through a phone or a mail has lost its last line feed, or has those of Windows.
  private static func lines(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    if bytes.first == UInt8(ascii: "{"),
      let wrapped = try? JSONDecoder().decode(Wrapped.self, from: Data(bytes))
    {
      bytes = Array(wrapped.checkpoint.utf8)
    }
    bytes.removeAll { $0 == UInt8(ascii: "\r") }
    while bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    return bytes + [UInt8(ascii: "\n")]
  }
}
