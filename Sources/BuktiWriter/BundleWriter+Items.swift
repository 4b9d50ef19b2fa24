public import BuktiFormat
public import BuktiStore

extension BundleWriter {
  /// Adds a regular file or block device.
  ///
  /// What the file system or the device says is taken where `description` says nothing. Places that
  /// cannot be read become gaps, and a source that changes while it is read is not complete; the result
  /// tells.
  /// - Parameter map: of an image that ddrescue made: what it did not read becomes gaps.
  /// - Parameter description: what the item says of itself.
  /// - Parameter file: the source, open.
  /// - Throws: `interrupted`, the item being suspended: seal, and resume it in a later session; `usage` where
  ///   the map says more of the image than there is; `closed`, `usage`, `disk-full`, `io`, `dead`: errors of
  ///   the bundle, never of the source.
  @discardableResult
  public mutating func add(
    _ file: SourceFile, as description: ItemDescription, map: RescueMap? = nil
  ) throws(BuktiError) -> AddedItem {
    let outcome = ItemOutcome()
    try take(file, as: description, map: map, outcome.take)
    return try written(outcome)
  }

  /// Takes a file; the item is written in its turn.
  ///
  /// - Returns: the item's id, where it has bytes.
  @discardableResult
  mutating func take(
    _ file: SourceFile, as description: ItemDescription, map: RescueMap? = nil,
    _ done: @escaping (AddedItem) -> Void
  ) throws(BuktiError) -> UInt64? {
    var description = description
    var problems: [String] = []
    var size: UInt64 = 0
    var device: DeviceState?
    do throws(BuktiError) {
      size = file.opened.kind == .file ? file.opened.size : try file.size()
      device = try describe(&description, by: file, &problems)
    } catch {
      try take(description, state: .notAcquired, reason: error.message, done)
      return nil
    }
    if let map { size = try map.size(ofImage: size) }
    // One read fetches a small file; a million of them would be a million calls.
    if size > UInt64(log.pipeline.chunkSize) { file.adviseSequential() }
    // A map has to be told of before the first byte: whoever goes on without it takes holes for data.
    let isOpened = device != nil || map != nil || size >= options.openFrom
    let intake = try begin(
      description, expectedSize: size, isOpened: isOpened,
      SourceMarks(file, description.source, map))
    try finish(
      intake, description, file, Source(size: size, problems: problems, device: device, map: map),
      done)
    return intake.stream.id
  }

  /// Writes what waits, and says what became of an item that was taken.
  func written(_ outcome: ItemOutcome) throws(BuktiError) -> AddedItem {
    try log.pipeline.drain()
    guard let item = outcome.item else { preconditionFailure("an item was taken, not written") }
    return item
  }

  /// What was learnt of a source before its first byte.
  struct Source {
    let size: UInt64
    let problems: [String]
    let device: DeviceState?
    var map: RescueMap?
  }

  /// Copies what the item does not have yet, and closes it.
  mutating func finish(
    _ intake: Intake, _ description: ItemDescription, _ file: SourceFile, _ source: Source,
    _ done: @escaping (AddedItem) -> Void
  ) throws(BuktiError) {
    if let device = source.device {
      try note(Note(text: device.text, time: options.now()), item: intake.stream.id)
    }
    let saysEmpty = source.size == 0 && source.map == nil && file.opened.kind == .file
    let end =
      saysEmpty
      ? try reader.copyUnstated(file, to: intake.stream)
      : try reader.copy(file, size: source.size, map: source.map, to: intake.stream)
    if case .interrupted = end, intake.began != nil {
      try intake.stream.flush()
      throw BuktiError(
        .interrupted, "Item \(intake.stream.id) is suspended at \(intake.stream.end) bytes.")
    }
    let changes = file.changes() + (source.device?.problems(after: file) ?? [])
    try close(intake, description, end: end, problems: source.problems + changes, done)
  }

  /// Takes over what the file system or the device says.
  /// - Throws: `io` where a device does not answer.
  func describe(
    _ description: inout ItemDescription, by file: SourceFile, _ problems: inout [String]
  ) throws(BuktiError) -> DeviceState? {
    if description.posix == nil { description.posix = Posix(file.opened) }
    if description.times == nil { description.times = Times(file.opened) }
    do throws(BuktiError) { try description.posix?.take(file.attributes()) } catch {
      problems.append(error.message)
    }
    guard let device = try DeviceState(of: file) else { return nil }
    var source = description.source ?? SourceDevice()
    device.describe(&source)
    description.source = source
    return device
  }

  /// Adds a stream of unknown length, to its end.
  ///
  /// - Throws: `closed`, `usage`, `disk-full`, `io`, `dead`: errors of the bundle, never of the source.
  @discardableResult
  public mutating func add(
    _ source: any ByteSource, as description: ItemDescription
  ) throws(BuktiError) -> AddedItem {
    let intake = try begin(description, expectedSize: nil, isOpened: true)
    let end = try reader.copy(source, to: intake.stream)
    let outcome = ItemOutcome()
    try close(intake, description, end: end, problems: [], outcome.take)
    return try written(outcome)
  }

  /// Records something without bytes, or what was not acquired.
  ///
  /// - Parameters:
  ///   - target: of a symbolic link; its only content.
  ///   - reason: why the item is not complete; present exactly for the other states.
  ///   - sameAs: the item whose bytes it shares.
  ///   - description: what the item says of itself.
  ///   - state: how much of it was acquired.
  /// - Throws: `closed`, `usage`, `disk-full`, `io`, `dead`.
  @discardableResult
  public mutating func record(
    _ description: ItemDescription, state: ItemState = .complete, target: [UInt8]? = nil,
    sameAs: UInt64? = nil, reason: String? = nil
  ) throws(BuktiError) -> AddedItem {
    let outcome = ItemOutcome()
    try take(
      description, state: state, target: target, sameAs: sameAs, reason: reason, outcome.take)
    return try written(outcome)
  }

  /// Takes something without bytes; the item is written in its turn.
  mutating func take(
    _ description: ItemDescription, state: ItemState = .complete, target: [UInt8]? = nil,
    sameAs: UInt64? = nil, reason: String? = nil, _ done: @escaping (AddedItem) -> Void
  ) throws(BuktiError) {
    try description.checkName()
    let isEmpty = !description.kind.hasBytes || sameAs != nil || state == .notAcquired
    guard isEmpty, (reason != nil) == (state != .complete),
      sameAs == nil || description.kind == .file,
      (target != nil) == (description.kind == .symlink && state != .notAcquired)
    else { throw BuktiError(.usage, "Kind and state of the item do not go together.") }
    var item = description.item(size: 0, state: state)
    item.target = target
    item.sameAs = sameAs
    item.reason = reason
    try take(item, done)
  }

  /// Takes an item without bytes, of which a part is known only in its turn.
  ///
  /// - Parameter complete: says that part.
  mutating func take(
    _ item: Item, completing complete: @escaping (inout Item) -> Void = { _ in },
    _ done: @escaping (AddedItem) -> Void
  ) throws(BuktiError) {
    let id = log.promiseItem()
    let log = log
    try log.pipeline.take(
      .append { () throws(BuktiError) in
        var record = item
        complete(&record)
        done(AddedItem(record, id: id, record: try log.append(record, of: id)))
        try log.keepIfDue()
      })
  }

  /// An item whose bytes are being taken.
  struct Intake {
    let stream: ItemStream
    let began: Timestamp?
  }

  private func begin(
    _ description: ItemDescription, expectedSize: UInt64?, isOpened: Bool,
    _ marks: SourceMarks? = nil
  ) throws(BuktiError) -> Intake {
    try description.checkName()
    guard description.kind.hasBytes else {
      throw BuktiError(.usage, "An item that is a \(description.kind) has no bytes.")
    }
    try log.requireNotClosed()
    try log.requireRoomToOpen()
    var id = log.promiseItem()
    var began: Timestamp?
    if isOpened {
      began = options.now()
      id = try log.open(
        ItemOpen(
          kind: description.kind, name: description.name, expectedSize: expectedSize, time: began,
          ext: marks?.ext))
    }
    let digests = try DigestSet(log.ledger.digests)
    return Intake(stream: ItemStream(id: id, log: log, digests: digests), began: began)
  }

  /// Closes an item in its turn.
  private func close(
    _ intake: Intake, _ description: ItemDescription, end: ReadingEnd, problems: [String],
    _ done: @escaping (AddedItem) -> Void
  ) throws(BuktiError) {
    let acquired = intake.began.map { Acquired(began: $0, ended: options.now()) }
    let log = log
    try log.pipeline.take(
      .append { () throws(BuktiError) in
        let digests = try intake.stream.finish()
        var item = intake.item(description, end: end, problems: problems)
        item.digests = digests
        item.acquired = acquired
        let record = try log.append(item, of: intake.stream.id)
        done(
          AddedItem(item, id: intake.stream.id, record: record, lost: intake.stream.lost))
      })
  }
}

extension BundleWriter.Intake {
  /// The record of the item once its bytes are written.
  fileprivate func item(
    _ description: ItemDescription, end: ReadingEnd, problems: [String]
  ) -> Item {
    var problems = problems
    var state = ItemState.partial
    switch end {
    case .whole: break
    case .short(let reason): problems.insert(reason, at: 0)
    case .interrupted:
      state = .aborted
      problems.insert("it was interrupted", at: 0)
    }
    problems += stream.lost.problems
    var item = description.item(size: stream.end, state: problems.isEmpty ? .complete : state)
    if !problems.isEmpty { item.reason = problems.joined(separator: "; ") }
    return item
  }
}

/// What became of an item that is written later.
final class ItemOutcome {
  private(set) var item: AddedItem?

  func take(_ item: AddedItem) { self.item = item }
}

extension AddedItem {
  fileprivate init(_ item: Item, id: UInt64, record: UInt64, lost: LostRanges = LostRanges()) {
    self.init(
      id: id, record: record, size: item.size, state: item.state, reason: item.reason,
      digests: item.digests, lost: lost)
  }
}

extension SourceMarks {
  init(_ file: SourceFile, _ device: SourceDevice?, _ map: RescueMap? = nil) {
    self.init(device: device, map: map?.digest)
    guard file.opened.kind == .file else { return }
    if file.opened.id.inode < Limits.integer { inode = file.opened.id.inode }
    modified = file.opened.modified.sinceEpoch
  }
}

extension Posix {
  /// - Throws: `usage` for attributes that no record has room for.
  mutating func take(_ attributes: [BuktiStore.ExtendedAttribute]) throws(BuktiError) {
    if attributes.isEmpty { return }
    let size = attributes.reduce(0) { $0 + $1.name.count + $1.value.count }
    guard size <= Int(Limits.maxPlainLength) / 2, attributes.count < 10_000 else {
      throw BuktiError(.usage, "its extended attributes are too large to be recorded")
    }
    self.attributes = attributes.map {
      BuktiFormat.ExtendedAttribute(name: $0.name, value: $0.value)
    }
  }
}
