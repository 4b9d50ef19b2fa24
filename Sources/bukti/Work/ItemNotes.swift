import BuktiFormat
import BuktiStore
import BuktiVerifier

/// What somebody noted of an item later; the item's own record stays as it is ([B-NTE-1]).
struct ItemNote {
  let record: UInt64
  let note: Note

  var line: String {
    let by = note.by.map { ", " + printable($0.name) } ?? ""
    let text = printable(note.text)
    guard let corrects = note.corrects else { return "    note in record \(record)\(by): \(text)" }
    let field = printable(corrects.field)
    return
      "    note in record \(record)\(by): \(field) should say \(printable(corrects.value)) (\(text))"
  }

  var json: JSON {
    .object([
      "record": .integer(record), "text": .string(note.text),
      "field": .optional(note.corrects?.field), "value": .optional(note.corrects?.value),
      "by": .optional(note.by?.name),
    ])
  }
}

/// The notes of a bundle, by the item that they are about.
struct ItemNotes {
  private var notes: [UInt64: [ItemNote]] = [:]
  /// The items of all notes, in the order of their records.
  private var items: [UInt64] = []

  init() {}

  /// Reads the notes that a seal covers, but for those that a session refused and those withheld here.
  init(_ reader: BundleReader, _ numbers: [UInt64]) throws(BuktiError) {
    let refused = try reader.refused()
    for number in numbers where !refused.contains(number) {
      let record = try reader.index.record(number)
      guard record.header.state == .present else { continue }
      let note = try reader.index.reader.content(Note.self, of: record)
      var item = record.core.itemID
      if item == 0, let about = note.about, about < number {
        item = try reader.index.row(about).itemID
      }
      add(ItemNote(record: number, note: note), of: item)
    }
  }

  func of(_ item: UInt64) -> [ItemNote] { notes[item] ?? [] }

  mutating func add(_ note: ItemNote, of item: UInt64) {
    guard item > 0 else { return }
    notes[item, default: []].append(note)
    items.append(item)
  }

  /// Takes back the notes of a record and of all after it, so that many refusals cost no more than what they refuse.
  mutating func removeAll(from first: UInt64) {
    while let item = items.last, let note = notes[item]?.last, note.record >= first {
      notes[item]?.removeLast()
      items.removeLast()
    }
  }
}

/// Collects notes and sessions in a pass.
final class NoteCollector: BundleVisitor {
  private(set) var notes = ItemNotes()
  /// Record numbers of the sessions that no later one refused, ascending.
  private var sessions: [UInt64] = []

  /// Which session it was, counted from 1; 0 for none of this bundle.
  func ordinal(ofSession record: UInt64) -> Int {
    let place = sessions.partitioningIndex { $0 >= record }
    return place < sessions.count && sessions[place] == record ? place + 1 : 0
  }

  func session(_ session: Session, record: UInt64) throws(BuktiError) { sessions.append(record) }

  func record(
    _ number: UInt64, type: RecordType, item: UInt64, _ body: RecordBody
  ) throws(BuktiError) {
    guard let note = body.content as? Note else { return }
    notes.add(ItemNote(record: number, note: note), of: item)
  }

  func refused(
    first: UInt64, count: UInt64, session: UInt64, back state: TailState
  ) throws(BuktiError) {
    // What a session refuses reaches up to that session: nothing is kept of a later record yet.
    sessions.removeLast(sessions.count - sessions.partitioningIndex { $0 >= first })
    notes.removeAll(from: first)
  }
}
