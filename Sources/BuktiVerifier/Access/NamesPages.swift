import BuktiFormat
import BuktiStore

/// The names records that a seal covers, of which one is held at a time.
struct NamesPages {
  struct Place {
    let record: UInt64
    /// The later names record that states its rows again, where a copy withholds it ([B-NAM-4]).
    let restatedBy: UInt64?
    let isWithheld: Bool
  }

  private let reader: BundleReader
  private var newest: UInt64?
  private var restatedBy: [UInt64: UInt64] = [:]
  private var held: (record: UInt64, names: Names)?

  init(_ reader: BundleReader) {
    self.reader = reader
    newest = reader.index.end.tail.state.names
  }

  /// Goes back by one, from the newest.
  ///
  /// - Throws: `names-mismatch`; the codes of frames and bodies, `io`.
  mutating func next() throws(BuktiError) -> Place? {
    guard let number = newest else { return nil }
    let record = try reader.index.record(number)
    if record.header.state == .withheld {
      // It names the one before it, so that this one must be found among the rows.
      newest = try reader.index.last(.names, in: 0..<number, notIn: reader.history().refused)
      return Place(record: number, restatedBy: restatedBy[number], isWithheld: true)
    }
    let names = try reader.index.reader.content(Names.self, of: record)
    for part in names.restated ?? [] where restatedBy[part.record] == nil {
      restatedBy[part.record] = number
    }
    if let previous = names.previous, previous >= number {
      throw BuktiError(.namesMismatch, record: number)
    }
    newest = names.previous
    held = (number, names)
    return Place(record: number, restatedBy: nil, isWithheld: false)
  }

  /// What a names record lists: of a withheld one what a later one states again.
  ///
  /// - Throws: as `next()`.
  mutating func rows(_ place: Place) throws(BuktiError) -> [NameRow] {
    guard place.isWithheld else { return try names(place.record).rows }
    guard let later = place.restatedBy else { return [] }
    return try names(later).restated?.first { $0.record == place.record }?.rows ?? []
  }

  private mutating func names(_ record: UInt64) throws(BuktiError) -> Names {
    if let held, held.record == record { return held.names }
    let names = try reader.index.content(Names.self, of: record)
    held = (record, names)
    return names
  }
}
