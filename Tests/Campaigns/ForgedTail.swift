import BuktiEngines
import BuktiFixtures
import BuktiFormat
import BuktiTrust

/// Records that somebody without a key appends to a sealed bundle.
struct ForgedTail {
  let name: String
  let builder: BundleBuilder
  /// Attests are signed by themselves and stepped over; all else is nobody's word.
  var isAttest = false

  /// One for each type of record, and for types that this version does not know.
  static func all(after small: Small) throws -> [ForgedTail] {
    let stranger = try Office.key("Stranger")
    let tool = Tool(name: "forger", version: "1")
    let genesis = Genesis(
      case: Genesis.Case(number: "forged"), creator: Person(name: "Forger"), tool: tool,
      time: Office.now)
    let withhold = Withhold(
      reason: "forged", authority: Authority(kind: "order", number: "0"),
      decidedBy: Person(name: "Forger"), recipient: "all", staysPublic: "nothing",
      runs: small.builder.runs(of: [3]), time: Office.now)
    let forged = Array("forged".utf8)
    let next = small.builder.state.nextItemID

    var tails: [ForgedTail] = []
    func add(_ name: String, isAttest: Bool = false, _ forge: (inout BundleBuilder) throws -> Void)
      throws
    {
      var builder = small.builder
      try forge(&builder)
      tails.append(ForgedTail(name: name, builder: builder, isAttest: isAttest))
    }
    try add("genesis") { try $0.append(genesis) }
    try add("session") { try $0.append(Office.session(stranger)) }
    try add("session that extends") { builder in
      try builder.session(stranger, extending: builder.checkpoint(of: small.seals[1]))
    }
    try add("item-open") { try $0.append(ItemOpen(kind: .file, name: forged), item: next) }
    try add("data") { try $0.data(next, at: 0, forged) }
    try add("gap") { builder in
      try builder.gap(next, at: 0, .notAttempted(length: 9, reason: "forged"))
    }
    try add("data and item") { try $0.file(forged, forged) }
    try add("item of a closed one") { builder in
      var item = Item(kind: .file, name: forged, size: 0, state: .complete)
      item.digests = Digests(sha256: LibcryptoSHA256.digest(of: []))
      try builder.append(item, item: 1)
    }
    try add("event") { builder in
      let person = Person(name: "Forger")
      try builder.append(Event(kind: .disposed, time: Office.now, persons: [person]), item: 1)
    }
    try add("note") { try $0.append(Note(text: "forged", about: 2)) }
    try add("names") { try $0.append(Names(rows: [], previous: $0.state.names)) }
    try add("index") { try $0.append(IndexBlock(number: 0, records: Rows())) }
    try add("tail") { try $0.tail() }
    try add("seal of a stranger") { try $0.seal(with: stranger) }
    try add("seal copied") { builder in
      let seal = small.frames[Int(small.seals[1])]
      try builder.tail()
      try builder.append(Seal(plain: seal.body.span))
    }
    try add("attest", isAttest: true) { try $0.attest(to: small.seals[1]) }
    try add("withhold") { try $0.append(withhold) }
    try add("renew") { try $0.append(Renew(suite: "sha3", first: 0, count: 1, hash: [1])) }
    try add("keys") { try $0.append(Keys(scheme: "none", recipients: [])) }
    try add("close") { try $0.close() }
    try add("optional type") { try $0.append(UnknownOptional()) }
    try add("unknown type") { try $0.append(UnknownCritical()) }
    return tails
  }
}

/// A type that a later version may define and this one may step over.
private struct UnknownOptional: RecordContent {
  static var type: RecordType { RecordType(rawValue: 200) }
  init() {}
  init(decoding value: CBORValue) throws(BuktiError) {}
  var cbor: CBORValue { .bool(true) }
}

/// A type that nobody may step over.
private struct UnknownCritical: RecordContent {
  static var type: RecordType { RecordType(rawValue: 100) }
  init() {}
  init(decoding value: CBORValue) throws(BuktiError) {}
  var cbor: CBORValue { .bool(true) }
}
