import BuktiFormat

/// Receipts on disk.
enum ReceiptFile {
  /// - Throws: `receipt-invalid`, `not-found`, `io`.
  static func read(_ paths: [RawPath]) throws(BuktiError) -> [Checkpoint] {
    var all: [Checkpoint] = []
    for path in paths {
      let bytes = try SmallFile.read(at: path)
      do throws(BuktiError) { all.append(try Checkpoint(receipt: bytes)) } catch {
        throw BuktiError(
          .receiptInvalid, "\(path.text) is no receipt: three lines, as bukti receipt writes them.")
      }
    }
    return all
  }
}
