public import BuktiFormat
public import BuktiStore

extension BundleWriter {
  /// Goes on with a suspended item, from the same file or device.
  ///
  /// Size and serial number are compared with those of the beginning, and up to 16 MiB before the end reached are
  /// read again and compared. The digests go on from the bytes stored, which are read once for that.
  /// - Parameters:
  ///   - description: what is not known from the beginning; `source` as the device describes itself now.
  ///   - map: as for a new item, and the same if the item was begun with one.
  ///   - evidence: how else it is known that the source is the same.
  ///   - id: of the item.
  ///   - file: the source, open.
  /// - Throws: `source-changed` where it is another one, and `interrupted`, nothing having been written; `usage`
  ///   where the item is not suspended, or was begun with a map and not with this one; what `add` throws.
  @discardableResult
  public mutating func resume(
    _ id: UInt64, from file: SourceFile, as description: ItemDescription, evidence: String? = nil,
    map: RescueMap? = nil
  ) throws(BuktiError) -> AddedItem {
    try log.requireNotClosed()
    let suspended = try suspended(id)
    var description = description
    var problems: [String] = []
    if let open = suspended.open {
      description.kind = open.kind
      description.name = open.name
    }
    try description.checkName()
    let device = try describe(&description, by: file, &problems)
    let same = try SameSource(SuspendedItem(suspended), file, description.source, map)
    if let problem = same.problem { problems.append(problem) }
    let overlap = try compare(suspended, with: file)
    let state = try state(of: suspended)
    let began = options.now()
    let words = same.evidence + (evidence.map { [$0] } ?? [])
    try log.resume(
      id,
      ItemOpen(
        kind: description.kind, name: description.name, expectedSize: same.size, time: began,
        resume: Resume(
          offset: suspended.end, overlap: overlap, equal: true,
          evidence: words.joined(separator: "; ")),
        supplements: suspended.open?.supplements, ext: suspended.ext(map)))
    let stream = ItemStream(
      id: id, log: log, digests: state.digests, end: suspended.end, lost: state.lost)
    let outcome = ItemOutcome()
    try finish(
      Intake(stream: stream, began: suspended.began ?? began), description, file,
      Source(size: same.size, problems: problems, device: device, map: map), outcome.take)
    return try written(outcome)
  }

  /// Compares the last stored bytes of an item with its source; how many there were.
  private func compare(
    _ item: Ledger.OpenedItem, with file: SourceFile
  ) throws(BuktiError) -> UInt64 {
    let stored = try storedItem(item.id)
    let start = item.end - min(item.end, Ledger.overlap)
    var comparison = SourceComparison(file)
    for place in item.recent {
      try comparison.take(stored, try stored.record(at: place.address))
    }
    if (item.recent.first?.offset ?? item.end) > start {
      for record in try stored.lastSealed(downTo: start) { try comparison.take(stored, record) }
    }
    try comparison.requireEqual()
    return comparison.bytes
  }
}

extension Ledger.OpenedItem {
  /// The marks of its source for the next item-open; an item that was begun without a map keeps to one from now on.
  fileprivate func ext(_ map: RescueMap?) -> CBORValue? {
    guard let map, SuspendedItem(self).source?.map == nil else { return open?.ext }
    var marks = SourceMarks(ext: open?.ext) ?? SourceMarks()
    marks.map = map.digest
    return marks.ext
  }
}

/// Whether a file or device is what an item was begun from, by what it says of itself.
struct SameSource {
  /// In bytes.
  let size: UInt64
  private(set) var evidence: [String] = []
  /// What speaks for a change that does not show in size and serial number.
  private(set) var problem: String?

  /// - Throws: `source-changed`; `usage` for another map than the item was begun with, or none; `io`.
  init(
    _ item: SuspendedItem, _ file: SourceFile, _ device: SourceDevice?, _ map: RescueMap?
  ) throws(BuktiError) {
    if let begun = item.source?.map {
      guard let map else {
        throw BuktiError(
          .usage,
          "Item \(item.id) was begun with a map of ddrescue, which says what of the image was never read: it needs that map."
        )
      }
      guard map.digest == begun else {
        throw BuktiError(
          .usage, "Item \(item.id) was begun with another map of ddrescue: it needs that one.")
      }
      evidence.append("same map")
    }
    let bare = try file.size()
    size = try map?.size(ofImage: bare) ?? bare
    if let expected = item.expectedSize {
      guard size == expected else {
        throw BuktiError(
          .sourceChanged, "The source has \(size) bytes; \(expected) were there when it was begun.")
      }
      evidence.append("same size")
    }
    guard size >= item.size else {
      throw BuktiError(
        .sourceChanged, "The source has \(size) bytes; \(item.size) of it are stored already.")
    }
    if let before = item.source?.device?.serial, let now = device?.serial {
      guard before == now else {
        throw BuktiError(
          .sourceChanged, "The source has the serial number \(now); it was begun with \(before).")
      }
      evidence.append("same serial number")
    }
    guard file.opened.kind == .file else { return }
    if let inode = item.source?.inode, inode == file.opened.id.inode {
      evidence.append("same inode")
    }
    guard let before = item.source?.modified else { return }
    if before == file.opened.modified.sinceEpoch {
      evidence.append("same modification time")
    } else {
      problem = "it was changed between the sessions that read it"
    }
  }
}
