public import BuktiFormat
public import BuktiStore

/// How much of an item a copy is to lack.
public enum WithholdingLevel: Sendable, Hashable {
  /// Its bytes, and its item record, whose digests would identify a known file. Name, kind and size stay.
  case content
  /// Also its names: item-open and names records, and the notes and events about it alone.
  case contentAndMetadata
}

/// Which records one copy will lack, found from the index of the sealed bundle (spec section 8.2).
public struct WithholdingPlan: Sendable {
  /// Ascending, without touching or overlapping.
  public let runs: [WithheldRun]
  /// The names records among them, without the items that are withheld ([B-NAM-4]).
  public let restated: [RestatedNames]
  /// Records that the plan is made over.
  public let count: UInt64

  /// Goes through the whole index, and reads the records that may name the items.
  ///
  /// What the bundle, itself a copy, lacks already stays on the list: a list is complete.
  /// - Parameter items: ids of closed items.
  /// - Parameter level: what is withheld.
  /// - Parameter index: of the last seal.
  /// - Throws: `usage` where there is nothing to withhold, or items are closed and not yet named; the codes of
  ///   frames and bodies, `index-mismatch`, `damaged`, `io`.
  public init(
    _ items: Set<UInt64>, _ level: WithholdingLevel, in index: ProvenIndex
  ) throws(BuktiError) {
    guard index.end.tail.state.unnamed.isEmpty else {
      throw BuktiError(.usage, "There are items that no names record names yet: append first.")
    }
    var list = RunList(try Self.withheldAlready(index))
    var restated: [RestatedNames] = []
    let search = Search(items: items, level: level, index: index)
    for number in 0..<index.end.tailRecord.core.number {
      let row = try index.row(number)
      guard row.type.isWithholdable else { continue }
      var isWithheld = list.before.contains(number) || search.belongs(row)
      if !isWithheld, level == .contentAndMetadata {
        if row.type == .names, let rest = try search.namesWithout(number, row) {
          restated.append(RestatedNames(record: number, rows: rest))
          isWithheld = true
        } else if row.type == .note || row.type == .event {
          isWithheld = try search.isAbout(number, row)
        }
      }
      if isWithheld {
        list.add(number, row.logicalOffset, try index.row(number + 1).logicalOffset)
      }
    }
    guard !list.runs.isEmpty else {
      throw BuktiError(
        .usage, "There is nothing to withhold: these items have no records that may go.")
    }
    runs = list.runs
    self.restated = restated
    count = index.count
  }

  private static func withheldAlready(
    _ index: ProvenIndex
  ) throws(BuktiError) -> [WithheldRun] {
    guard index.end.dropped > 0, let number = index.end.tail.state.withhold else { return [] }
    return try index.content(Withhold.self, of: number).runs
  }
}

/// What of a bundle concerns the items.
private struct Search {
  let items: Set<UInt64>
  let level: WithholdingLevel
  let index: ProvenIndex

  func belongs(_ row: Row) -> Bool {
    guard items.contains(row.itemID) else { return false }
    return switch row.type {
    case .data, .item: true
    case .itemOpen, .note, .event: level == .contentAndMetadata
    default: false
    }
  }

  /// The rows that stay of a names record; nil where all do.
  func namesWithout(_ number: UInt64, _ row: Row) throws(BuktiError) -> [NameRow]? {
    let record = try index.record(number, row)
    let names = try index.reader.content(Names.self, of: record)
    let rest = names.rows.filter { !items.contains($0.item) }
    let restates = names.restated ?? []
    let isMentioned =
      rest.count < names.rows.count
      || restates.contains { $0.rows.contains { items.contains($0.item) } }
    return isMentioned ? rest : nil
  }

  /// Whether a note or an event is about the items alone.
  func isAbout(_ number: UInt64, _ row: Row) throws(BuktiError) -> Bool {
    let record = try index.record(number, row)
    if row.type == .event {
      let ids = try index.reader.content(Event.self, of: record).items ?? []
      return !ids.isEmpty && items.isSuperset(of: ids)
    }
    guard let about = try index.reader.content(Note.self, of: record).about else { return false }
    let subject = try index.row(about)
    return items.contains(subject.itemID)
  }
}

/// Runs in the making, from records in ascending order.
private struct RunList {
  /// The numbers that earlier decisions withhold.
  struct Before {
    var runs: [WithheldRun]

    func contains(_ number: UInt64) -> Bool {
      let index = runs.partitioningIndex { $0.first > number }
      return index > 0 && number - runs[index - 1].first < runs[index - 1].count
    }
  }

  let before: Before
  private(set) var runs: [WithheldRun] = []

  init(_ before: [WithheldRun]) { self.before = Before(runs: before) }

  mutating func add(_ number: UInt64, _ start: UInt64, _ end: UInt64) {
    if let last = runs.indices.last, runs[last].first + runs[last].count == number {
      runs[last].count += 1
      runs[last].end = end
    } else {
      runs.append(WithheldRun(first: number, count: 1, start: start, end: end))
    }
  }
}
