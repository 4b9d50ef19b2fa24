import BuktiEngines
public import BuktiFormat
public import BuktiStore

extension BundleWriter {
  /// Goes on with a suspended item, from the same file or device.
  ///
  /// Up to 16 MiB before the end reached are read again and compared; the digests go on from the bytes
  /// stored.
  /// - Parameter evidence: how it is known that the source is the same, such as a serial number.
  /// - Throws: `source-changed` where other bytes are there now, nothing having been written; `usage` where
  ///   the item is not suspended or lies before the last seal; `closed`, `disk-full`, `io`, `dead`.
  @discardableResult
  public mutating func resume(
    _ id: UInt64, from file: SourceFile, as description: ItemDescription, evidence: String
  ) throws(BuktiError) -> AddedItem {
    let (suspended, digests) = try suspended(id)
    var description = description
    var problems: [String] = []
    if let open = suspended.open {
      description.kind = open.kind
      description.name = open.name
    }
    try description.checkName()
    let device = try describe(&description, by: file, &problems)
    let size = try file.size()
    let overlap = try compare(suspended, with: file)
    let began = options.now()
    try log.resume(
      id,
      ItemOpen(
        kind: description.kind, name: description.name, expectedSize: size, time: began,
        resume: Resume(
          offset: suspended.end, overlap: overlap, equal: true, evidence: evidence),
        supplements: suspended.open?.supplements))
    let stream = ItemStream(id: id, log: log, digests: digests, end: suspended.end)
    return try finish(
      Intake(stream: stream, began: began), description, file,
      Source(size: size, problems: problems, device: device))
  }

  /// A suspended item whose bytes were read when the bundle was opened.
  func suspended(
    _ id: UInt64
  ) throws(BuktiError) -> (item: Ledger.OpenedItem, digests: DigestSet) {
    guard let place = log.ledger.place(of: id), log.ledger.openItems[place].isSuspended else {
      throw BuktiError(.usage, "Item \(id) is not suspended.")
    }
    let item = log.ledger.openItems[place]
    guard let digests = item.digests else {
      throw BuktiError(.usage, "Item \(id) lies before the last seal: its bytes were not read.")
    }
    return (item, digests)
  }

  /// Compares the last stored bytes of an item with its source; how many there were.
  private func compare(
    _ item: Ledger.OpenedItem, with file: SourceFile
  ) throws(BuktiError) -> UInt64 {
    let reader = try log.appender.volumes.reader()
    let buffer = ChunkBuffer(Int(Limits.maxPlainLength))
    var compared: UInt64 = 0
    for place in item.recent {
      let count = Int(place.count)
      let record = try reader.record(at: place.address)
      let stored = record.header.state == .withheld ? [] : try reader.plain(of: record)
      var got = 0
      while got < count {
        let room = unsafe buffer.room(count)
        let step = unsafe try file.read(
          into: UnsafeMutableRawBufferPointer(rebasing: room[got...]),
          at: place.offset + UInt64(got))
        if step == 0 { break }
        got += step
      }
      let isEqual = try buffer.withFilled(got) { (bytes) throws(BuktiError) in
        unsafe bytes.withUnsafeBytes { unsafe stored.elementsEqual($0) }
      }
      guard isEqual else {
        throw BuktiError(.sourceChanged, "The source holds other bytes than were stored.")
      }
      compared += place.count
    }
    return compared
  }
}
