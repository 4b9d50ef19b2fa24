import BuktiFormat
import BuktiWriter

extension BundleWriter {
  /// An item that a crash cut short is closed with the bytes that it has, so that they can be extracted.
  mutating func closeSuspended() throws(BuktiError) {
    for item in suspendedItems {
      do throws(BuktiError) {
        try abandon(item.id, reason: "it was begun in an earlier session and not resumed")
      } catch {
        guard error.code == .usage else { throw error }

        Console.note("Item #\(item.id) stays open: \(error.message)")
      }
    }
  }
}
