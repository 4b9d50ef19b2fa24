import BuktiFormat
import BuktiWriter

extension BundleWriter {
  /// Closes items that a crash or a full disk cut short with the bytes that they have, so that these can be
  /// extracted.
  ///
  /// - Parameter onlyUnnamed: whether those stay open that an item-open names: they are large, and `--resume`
  ///   goes on with them. The others are small, and soon read as a whole.
  mutating func closeSuspended(onlyUnnamed: Bool = false) throws(BuktiError) {
    for item in suspendedItems where !onlyUnnamed || item.name == nil {
      do throws(BuktiError) {
        try abandon(item.id, reason: "it was begun in an earlier session and not resumed")
      } catch {
        guard error.code == .withheld else { throw error }

        Console.note("Item #\(item.id) stays open: \(error.message)")
      }
    }
  }
}
