import ArgumentParser
import BuktiFormat
import BuktiStore
import BuktiVerifier

struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Says what a bundle is, at once; it is no verification.",
    discussion: """
      Reads the end of the bundle only. The last seal is held against its tail, but no signature is \
      checked and no evidence is hashed.

      A receipt is held against the last seal by the index that the seal proves, in kilobytes; ends with 1 \
      where a receipt fails, with 2 where it cannot be judged.

        bukti info case.bukti --receipt receipt.txt
        bukti info case.bukti --json
      """)

  @Argument(help: "The bundle.")
  var bundle: RawPath

  @Option(
    help: ArgumentHelp(
      "A receipt to hold the last seal against. May be repeated.", valueName: "file"))
  var receipt: [RawPath] = []

  @Flag(help: "In JSON.")
  var json = false

  @OptionGroup(title: "Volumes") var volumes: VolumeOptions

  mutating func run() throws {
    let receipts = try ReceiptFile.read(receipt)
    let facts = try facts()
    let verdicts = try judge(receipts)
    if json {
      var fields = Dictionary(facts, uniquingKeysWith: { first, _ in first })
      if !receipts.isEmpty { fields["receipts"] = .array(verdicts.map(\.json)) }
      try Console.write(JSON.object(fields).text)
    } else {
      try tell(facts, verdicts)
    }
    let findings = verdicts.compactMap(\.finding)
    if !findings.isEmpty { throw ExitCode(findings.contains { $0.effect == .fails } ? 1 : 2) }
  }

  private func tell(
    _ facts: [(String, JSON)], _ verdicts: [ReceiptReport]
  ) throws(BuktiError) {
    for (name, value) in facts {
      try Console.print("\(name): \(RecordText.inline(value))")
    }
    for verdict in verdicts { try Console.print("receipt \(verdict.words)") }
    try Console.print(
      facts.count == 3
        ? "No seal is in it. bukti verify \(bundle.text) says what it holds."
        : "Nothing was verified: no signature checked, no evidence hashed. bukti verify \(bundle.text) does."
    )
  }

  private func judge(_ receipts: [Checkpoint]) throws(BuktiError) -> [ReceiptReport] {
    guard !receipts.isEmpty else { return [] }

    let reader = try OpenBundle.reader(bundle, volumes)
    var verdicts: [ReceiptReport] = []
    for receipt in receipts {
      verdicts.append(try reader.judge(receipt))
    }
    return verdicts
  }

  private func facts() throws(BuktiError) -> [(String, JSON)] {
    let storages = try volumes.open(bundle)
    let run = try BundleVolumes(storages)
    let facts: [(String, JSON)] = [
      ("id", .string(run.bundleID.uuid)),
      ("volumes", .integer(UInt64(run.volumes.count))),
      ("bytes", .integer(run.end)),
    ]
    return facts + (try sealed())
  }

  /// What the last seal proves; nothing where there is none.
  private func sealed() throws(BuktiError) -> [(String, JSON)] {
    do throws(BuktiError) { return try Self.sealed(OpenBundle.reader(bundle, volumes).index) } catch
    {
      guard error.code == .sealNone else { throw error }
      return []
    }
  }

  private static func sealed(_ index: ProvenIndex) throws(BuktiError) -> [(String, JSON)] {
    let end = index.end
    let state = end.tail.state
    var facts: [(String, JSON)] = []
    if let genesis = try? index.content(Genesis.self, of: 0) {
      facts.append(("case", .string(genesis.case.number)))
      if let title = genesis.case.title { facts.append(("title", .string(title))) }
      if let agency = genesis.case.agency { facts.append(("agency", .string(agency))) }
    }
    facts += [
      ("last-seal", .integer(end.sealRecord.core.number)),
      ("root", .string(end.checkpoint.root.hex)),
      ("signatures", .integer(UInt64(end.seal.signatures.count))),
      ("items", .integer(state.nextItemID - 1)),
      ("open-items", .integer(UInt64(state.openItems.count))),
      ("closed", .bool(state.closed)),
      ("bytes-after-last-seal", .integer(index.reader.volumes.end - end.sealRecord.end)),
    ]
    if let session = try? index.content(Session.self, of: state.session) {
      facts.append(("last-session-by", .string(session.who.name)))
      facts.append(("last-session-why", .string(session.why)))
      if let instant = session.time.instant {
        facts.append(("last-session-at", .string(UTC.text(nanoseconds: instant))))
      }
    }
    return facts
  }
}
