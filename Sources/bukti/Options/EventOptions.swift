import ArgumentParser
import BuktiFormat
import BuktiStore

/// What an event of custody says besides who and when.
struct EventOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Number of an item that it concerns. May be repeated.", valueName: "id"))
  var item: [UInt64] = []

  @Option(help: ArgumentHelp("Number of the exhibit.", valueName: "number"))
  var exhibit: String?

  @Option(help: ArgumentHelp("Where it happened.", valueName: "text"))
  var place: String?

  @Option(help: ArgumentHelp("What for.", valueName: "text"))
  var purpose: String?

  @Option(help: ArgumentHelp("Number on the physical seal or bag.", valueName: "number"))
  var bag: String?

  @Option(help: ArgumentHelp("Where it is kept from now on.", valueName: "text"))
  var storage: String?

  @Option(help: ArgumentHelp("In which condition it was.", valueName: "text"))
  var condition: String?

  @Option(
    help: ArgumentHelp(
      "When it happened, as 2026-01-31T09:30:00+07:00; now if left out.", valueName: "time"))
  var when: LocalTime?

  func validate() throws {
    if item.contains(0) { throw ValidationError("Items are numbered from 1.") }
  }

  /// The event, by and among these persons.
  func event(
    _ kind: EventKind, _ persons: [Person], authority: Authority?
  ) -> Event {
    var event = Event(kind: kind, time: when?.timestamp ?? Clock.now(), persons: persons)
    event.items = item.isEmpty ? nil : item
    event.exhibit = exhibit
    event.place = place
    event.purpose = purpose
    event.bag = bag
    event.storage = storage
    event.condition = condition
    event.authority = authority
    return event
  }
}

/// The other side of a hand-over, as the one who acts names it.
struct CounterpartOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Name of the other side.", valueName: "name"))
  var counterpart: String?

  @Option(help: ArgumentHelp("Agency of the other side.", valueName: "name"))
  var counterpartAgency: String?

  func validate() throws {
    if counterpart == nil, counterpartAgency != nil {
      throw ValidationError("--counterpart-agency goes with --counterpart.")
    }
  }

  var persons: [Person] {
    counterpart.map { [Person(name: $0, agency: counterpartAgency)] } ?? []
  }
}
