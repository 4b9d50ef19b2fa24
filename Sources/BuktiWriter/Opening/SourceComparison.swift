public import BuktiFormat
public import BuktiStore

/// Stored data held against their source, record by record.
struct SourceComparison {
  /// Bytes compared so far.
  private(set) var bytes: UInt64 = 0
  /// The lowest offset in the item of a record that differs.
  private(set) var firstDifference: UInt64?
  private let file: SourceFile
  private let buffer = ChunkBuffer(Int(Limits.maxPlainLength))

  init(_ file: SourceFile) { self.file = file }

  /// Compares a data record; a gap has no bytes to compare.
  mutating func take(_ stored: StoredItem, _ record: StoredRecord) throws(BuktiError) {
    let core = record.core
    guard core.type == .data else { return }
    let plain = try stored.plain(of: record)
    let count = try read(plain.count, at: core.offset)
    let isEqual = try buffer.withFilled(count) { (found) throws(BuktiError) in
      plain.span.raw.isEqual(to: found)
    }
    if !isEqual { firstDifference = min(firstDifference ?? .max, core.offset) }
    bytes += core.plainLength
  }

  /// - Throws: `source-changed` where something differed.
  func requireEqual() throws(BuktiError) {
    guard let place = firstDifference else { return }
    throw BuktiError(
      .sourceChanged, "The source holds other bytes at \(place) than were stored.", offset: place)
  }

  private func read(_ count: Int, at offset: UInt64) throws(BuktiError) -> Int {
    var got = 0
    while got < count {
      let room = unsafe buffer.room(count)
      let step = unsafe try file.read(
        into: UnsafeMutableRawBufferPointer(rebasing: room[got...]), at: offset + UInt64(got))
      if step == 0 { break }
      got += step
    }
    return got
  }
}

extension RawSpan {
  fileprivate func isEqual(to other: RawSpan) -> Bool {
    guard byteCount == other.byteCount else { return false }
    return unsafe withUnsafeBytes { mine in
      unsafe other.withUnsafeBytes { theirs in
        var place = 0
        while mine.count - place >= 8 {
          let left = unsafe mine.loadUnaligned(fromByteOffset: place, as: UInt64.self)
          let right = unsafe theirs.loadUnaligned(fromByteOffset: place, as: UInt64.self)
          if left != right { return false }
          place += 8
        }
        return unsafe mine[place...].elementsEqual(theirs[place...])
      }
    }
  }
}

extension StoredItem {
  /// Compares the last 16 MiB that are sealed.
  ///
  /// - Throws: `source-changed`.
  fileprivate func requireSealed(in file: SourceFile) throws(BuktiError) {
    var comparison = SourceComparison(file)
    let end = sealedEnd
    for record in try lastSealed(downTo: end - min(end, Ledger.overlap)) {
      try comparison.take(self, record)
    }
    try comparison.requireEqual()
  }
}

/// How the unsealed bytes of an item compare with its source.
public struct UnsealedComparison: Sendable, Hashable {
  /// Bytes of the item behind the last seal that were read from the source again.
  public let bytes: UInt64
  /// Whether all of them were equal, and none of them is a gap, of which nothing can be compared.
  public let isEqual: Bool
  /// Whether nothing but this item and marks is unsealed, and can be adopted.
  public let isAll: Bool
}

extension BundleWriter {
  /// Compares what is stored of a suspended item with its source, and changes nothing.
  ///
  /// Of what is sealed the last 16 MiB are read again, and have to be equal. All that is unsealed is read again:
  /// what is equal may be adopted, since it is what would be read now.
  /// - Parameters:
  ///   - volumes: all volumes, in order.
  ///   - progress: told how many bytes were compared; true gives up.
  ///   - file: the source, open.
  ///   - map: as it will be given to `resume`.
  ///   - id: of the item.
  ///   - acceptance: whose seals are gone on from.
  /// - Throws: `source-changed` where it is another source; `usage` where the item is not open, or was begun with a map
  ///   and not with this one; `interrupted`; what `examine` throws; `io` where the source cannot be read.
  public static func compare(
    _ volumes: [any Storage], _ acceptance: Acceptance, item id: UInt64, with file: SourceFile,
    map: RescueMap? = nil, progress: (UInt64) -> Bool = { _ in false }
  ) throws(BuktiError) -> UnsealedComparison {
    let walk = try OpenedEnd(reading: volumes, acceptance).walk
    let item = try StoredItem(id, walk.stored, refused: walk.ledger.refused)
    guard let place = walk.ledger.place(of: id) else {
      throw BuktiError(.usage, "Item \(id) is not suspended.")
    }
    let state = try DeviceState(of: file)
    var device = SourceDevice()
    state?.describe(&device)
    _ = try SameSource(SuspendedItem(walk.ledger.openItems[place]), file, device, map)
    try item.requireSealed(in: file)
    var comparison = SourceComparison(file)
    var hasGaps = false
    var isAll = walk.broken == nil
    try walk.stored.forEachUnsealed { (record) throws(BuktiError) in
      let core = record.core
      guard core.number >= walk.base else { return }
      let isMark = [.session, .tail, .index].contains(core.type)
      let isOwn = core.itemID == id && [.itemOpen, .data, .gap].contains(core.type)
      if !isMark, !isOwn, core.type != .genesis { isAll = false }
    }
    try item.forEachUnsealed { (record) throws(BuktiError) in
      if record.core.type == .gap { hasGaps = true }
      try comparison.take(item, record)
      if progress(comparison.bytes) {
        throw BuktiError(.interrupted, "Nothing was changed.")
      }
    }
    return UnsealedComparison(
      bytes: comparison.bytes, isEqual: comparison.firstDifference == nil && !hasGaps,
      isAll: isAll)
  }
}
