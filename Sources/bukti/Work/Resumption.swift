import BuktiConsole
import BuktiFormat
import BuktiStore
import BuktiWriter

/// An item that was interrupted, the source that it goes on from, and what becomes of its unsealed bytes.
struct Resumption {
  let decision: UnsealedDecision
  private let item: SuspendedItem
  private let path: RawPath
  private let name: [UInt8]
  private let kind: ItemKind
  private let acquisition: Acquisition

  /// Bytes that are stored already.
  var size: UInt64 { item.size }
  var id: UInt64 { item.id }

  /// Finds the item, and compares what is stored with the source; nothing is written.
  ///
  /// - Throws: `usage` where no item or more than one can be meant; `source-changed`; `unsealed-tail` where
  ///   other things are unsealed, which the operator has to decide on.
  init(
    of id: UInt64?, _ bundle: RawPath, _ acquisition: Acquisition,
    _ continuation: ContinuationOptions, _ acceptance: Acceptance, _ end: BundleEnd
  ) throws(BuktiError) {
    guard case .file(let path, let name, let kind, _) = acquisition.sources.first else {
      throw BuktiError(
        .usage,
        """
        Only a file or a device can be read again, and so be resumed. A folder is added anew with bukti append; \
        of its files, those that are suspended are resumed one by one.
        """)
    }
    self.path = path
    self.name = name
    self.kind = kind
    self.acquisition = acquisition
    item = try Self.item(id, name, end.suspended, bundle)
    let comparison = try Self.compare(
      item, path, bundle, acceptance, acquisition, continuation.volumes)
    if continuation.isDecided || end.unsealedCount == 0 {
      decision = continuation.decision
      return
    }
    guard comparison.isAll else { throw continuation.undecided(end) }
    if comparison.isEqual {
      decision = .adopt(
        reason: "item \(item.id) is resumed by its examiner",
        compared: "\(comparison.bytes) bytes of item \(item.id), read from the source again: equal")
    } else {
      Console.note(
        "The unsealed bytes of item #\(item.id) cannot be shown to be those of \(path.text): they are read again."
      )
      decision = .refuse(
        reason: "the unsealed bytes of item \(item.id) are not those that its source gives now")
    }
  }

  /// Reads on.
  func run(_ writer: inout BundleWriter) throws(BuktiError) -> AcquisitionReport {
    // An item that was begun behind the last seal is gone with the records that were refused.
    let isThere = writer.suspendedItems.contains { $0.id == item.id }
    if isThere, acquisition.options.kind != nil || !acquisition.options.digest.isEmpty {
      Console.note(
        "Item #\(item.id) keeps the kind and the digests that it was begun with: --kind and --digest do not change it."
      )
    }
    return try acquisition.map.add(
      path, as: acquisition.description(name, item.kind ?? kind), to: &writer,
      resuming: isThere ? item.id : nil)
  }

  private static func item(
    _ id: UInt64?, _ name: [UInt8], _ suspended: [SuspendedItem], _ bundle: RawPath
  ) throws(BuktiError) -> SuspendedItem {
    let named = suspended.filter { $0.name == name }
    let candidates =
      if let id { suspended.filter { $0.id == id } } else { named.isEmpty ? suspended : named }
    if candidates.count == 1 { return candidates[0] }
    if candidates.isEmpty {
      let which = id.map { "No item \($0)" } ?? "No item"
      throw BuktiError(
        .usage,
        "\(which) of \(bundle.text) is suspended: without --resume, SOURCE is added as a new item.")
    }
    let list = candidates.map { "  \(Suspension($0).text)" }.joined(separator: "\n")
    throw BuktiError(.usage, "Several items are suspended; name one with --item:\n\(list)")
  }

  private static func compare(
    _ item: SuspendedItem, _ path: RawPath, _ bundle: RawPath, _ acceptance: Acceptance,
    _ acquisition: Acquisition, _ volumes: VolumeOptions
  ) throws(BuktiError) -> UnsealedComparison {
    let progress = Progress("compared", total: nil, quiet: acquisition.options.quiet)
    defer { progress.clear() }
    do throws(BuktiError) {
      return try BundleWriter.compare(
        volumes.open(bundle), acceptance, item: item.id,
        with: SourceFile.open(at: path.bytes), map: acquisition.map.read
      ) { done in
        progress.update(done)
        return Interrupt.isRequested
      }
    } catch {
      if error.code == .usage, item.source?.map != nil {
        throw BuktiError(.usage, "\(error.message) Give it: --map FILE.")
      }
      guard error.code == .sourceChanged else { throw error }
      throw BuktiError(
        .sourceChanged,
        """
        \(path.text) is not what item #\(item.id) was begun from: \(error.message) Nothing was appended. As a new \
        item: bukti append \(bundle.text) \(path.text).
        """)
    }
  }
}
