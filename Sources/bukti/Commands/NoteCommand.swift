import ArgumentParser
import BuktiFormat
import BuktiStore
import BuktiVerifier
import BuktiWriter

struct NoteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "note",
    abstract: "Adds a note, or says what a field should have said.",
    discussion: """
      What is sealed is never changed: bukti list and bukti show give both, what was recorded and what the \
      note says of it. With --item the note is about an item, with --record about any earlier record, with \
      neither about the whole bundle.

        bukti note case.bukti "label misread" --item 7 --field exhibit --value EX-8 …
        bukti note case.bukti "the clock was 2 h slow" --record 1 …
      """)

  @Argument(help: "The bundle.")
  var bundle: RawPath

  @Argument(help: "The note.")
  var text: String

  @Option(help: ArgumentHelp("The item: #ID, NAME or SESSION:NAME.", valueName: "item"))
  var item: RawPath?

  @Option(help: ArgumentHelp("The record.", valueName: "number"))
  var record: UInt64?

  @Option(
    help: ArgumentHelp("The field that is wrong, such as name or exhibit.", valueName: "name"))
  var field: String?

  @Option(help: ArgumentHelp("What it should say.", valueName: "text"))
  var value: String?

  @OptionGroup var options: StatementOptions

  func validate() throws {
    if (field == nil) != (value == nil) {
      throw ValidationError("--field and --value belong together.")
    }
    if item != nil, record != nil { throw ValidationError("Give --item or --record, not both.") }
    if let record, record >= Limits.integer { throw ValidationError("There is no such record.") }
    if text.isEmpty { throw ValidationError("The note says nothing.") }
  }

  mutating func run() throws {
    let statement = try Statement(bundle, options)
    if let record, record >= statement.end.base + statement.end.unsealedCount {
      throw BuktiError(.usage, "\(bundle.text) has no record \(record) yet.")
    }
    var note = Note(
      text: text, about: record, time: Clock.now(), by: statement.plan.person)
    if let field, let value { note.corrects = Note.Correction(field: field, value: value) }
    var concerned: UInt64 = 0
    if let item {
      let reader = try OpenBundle.reader(bundle, options.continuation.volumes)
      let entry = try OpenBundle.find(item, in: reader, bundle)
      concerned = entry.id
      note.about = entry.record
    }
    let written = note
    let id = concerned
    let receipt = try statement.seal { (writer) throws(BuktiError) in
      try writer.note(written, item: id)
    }
    try statement.tell(concerned == 0 ? "Noted." : "Noted of item #\(concerned).", receipt)
  }
}
