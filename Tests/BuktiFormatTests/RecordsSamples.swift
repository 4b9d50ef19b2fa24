import BuktiFormat

/// One content of each type, with every field that it can have.
enum Samples {
  static let hash = Hash(words: 1, 2, 3, 4)
  static let ext = CBORValue.map([
    CBOREntry(0, .array([.bool(true), .text("x")])), CBOREntry(9, .negative(-1)),
  ])
  static let time = Timestamp(
    instant: 1_700_000_000_000_000_000, localOffset: -90, source: "NTP", error: 5_000_000)
  static let unknownTime = Timestamp()
  static let person = Person(
    name: "Ana", role: "examiner", agency: "Lab", badge: "7", certificate: hash)
  static let authority = Authority(
    kind: "warrant", number: "12/3", scope: "one phone", issuer: "court", validFrom: -1,
    validTo: .max)
  static let tool = Tool(name: "bukti", version: "1.0")

  static let all: [any RecordContent] = [
    genesis, session, itemOpen, item, unreadable, Gap.notAttempted(length: 9, reason: "no time"),
    event, plainEvent, note, names, indexBlock(level: 0, rows: 256), indexBlock(level: 2, rows: 64),
    tail, emptyTail, seal, attest, withhold,
    Renew(suite: "sha512", first: 0, count: 9, hash: [1, 2], ext: ext),
    Keys(scheme: "none", recipients: [[1], []], ext: ext),
    Close(reason: "done", by: person, time: time, ext: ext),
  ]

  static let genesis = Genesis(
    case: Genesis.Case(number: "K-1", title: "A case", agency: "Police"), creator: person,
    tool: tool, time: time, ext: ext)

  static var session: Session {
    var session = Session(
      who: person, why: "imaging", host: Host(name: "ws1", system: "Debian"), tool: tool,
      time: time,
      policy: Policy(certificates: [.zero, hash], needed: 2, timestamp: .required, run: hash))
    session.authority = authority
    session.options = ["--chunk", ""]
    session.extends = Extends(size: 9, root: hash, signers: [hash, .zero], because: .sameSigner)
    session.adopts = Adopts(first: 10, count: 2, reason: "crash", compared: "all of it")
    session.refuses = Refuses(first: 12, count: 1, reason: "not ours")
    session.torn = Torn(count: 17, sha256: hash, volume: 2)
    session.branch = BranchID(77)
    session.digests = [.md5, .sha1, .sha512]
    session.ext = ext
    return session
  }

  static let itemOpen = ItemOpen(
    kind: .disk, name: Array("sda".utf8), expectedSize: 1 << 40, time: time,
    resume: Resume(offset: 4096, overlap: 512, equal: true, evidence: "same serial"),
    supplements: 3, ext: ext)

  static var item: Item {
    var item = Item(kind: .disk, name: [0xFF, 0x2F, 0x61], size: 8192, state: .partial)
    item.digests = Digests(
      sha256: hash, md5: [UInt8](repeating: 1, count: 16), sha1: [UInt8](repeating: 2, count: 20),
      sha512: [UInt8](repeating: 3, count: 64))
    item.parent = 1
    item.exhibit = "A/1"
    item.posix = posix
    item.times = Times(modified: -5, changed: 0, accessed: 5, born: .min)
    item.ntfs = NTFS(attributes: 32, securityDescriptor: [1], fileReference: 5)
    item.target = []
    item.sameAs = 2
    item.source = source
    item.supplements = 4
    item.changed = [ByteRun(start: 0, length: 512), ByteRun(start: 4096, length: 1)]
    item.reason = "bad sectors"
    item.acquired = Acquired(began: time, ended: unknownTime)
    item.ext = ext
    return item
  }

  private static var posix: Posix {
    var posix = Posix()
    posix.mode = 0o100644
    posix.uid = 0
    posix.gid = 1000
    posix.owner = "root"
    posix.group = "users"
    posix.inode = 12
    posix.device = 2049
    posix.links = 2
    posix.attributes = [ExtendedAttribute(name: Array("user.a".utf8), value: [0, 1])]
    posix.deviceNumber = 8
    return posix
  }

  private static var source: SourceDevice {
    var source = SourceDevice()
    source.make = "Maker"
    source.model = "M1"
    source.serial = "S9"
    source.firmware = "1.2"
    source.size = 1 << 40
    source.sectorSize = 512
    source.hiddenAreas = "none"
    source.writeBlocker = "WB"
    source.mounted = false
    source.path = Array("/dev/sda".utf8)
    return source
  }

  static var unreadable: Gap {
    var gap = Gap.unreadable(length: 512, errno: 5, attempts: 3)
    gap.ext = ext
    return gap
  }

  static var event: Event {
    var event = plainEvent
    event.kind = .received
    event.place = "Lab"
    event.purpose = "examination"
    event.authority = authority
    event.bag = "B-1"
    event.storage = "safe"
    event.condition = "intact"
    event.reverified = .equal
    event.party = hash
    event.covers = Covers(size: 9, root: hash, record: .zero)
    event.items = [1, 2]
    event.exhibit = "A/1"
    event.ext = ext
    return event
  }

  static let plainEvent = Event(kind: .collected, time: time, persons: [person])

  static let note = Note(
    text: "wrong badge", about: 0, corrects: Note.Correction(field: "badge", value: "8"),
    time: unknownTime, by: person, ext: ext)

  private static let nameRow = NameRow(item: 1, record: 9, name: [0], kind: .socket, size: 0)

  static let names = Names(
    rows: [nameRow, nameRow], previous: 5,
    restated: [RestatedNames(record: 3, rows: [nameRow]), RestatedNames(record: 4, rows: [])])

  static func indexBlock(level: UInt64, rows count: Int) -> IndexBlock {
    level == 0
      ? IndexBlock(number: 3, records: rows(count))
      : IndexBlock(level: level, number: 3, blocks: levelRows(count))
  }

  static func rows(_ count: Int) -> Rows {
    var rows = Rows()
    for index in 0..<UInt64(count) {
      rows.append(
        Row(
          logicalOffset: 32 + index * 200, hash: hash, itemID: index, offset: index << 40,
          plainLength: index << 24, type: .data))
    }
    return rows
  }

  static func levelRows(_ count: Int) -> LevelRows {
    var rows = LevelRows()
    for index in 0..<UInt64(count) {
      rows.append(
        LevelRow(
          hash: hash, record: index, logicalOffset: index << 50,
          lowest: ItemPlace(itemID: index, offset: 7),
          highest: ItemPlace(itemID: .max >> 1, offset: index)))
    }
    return rows
  }

  static let tail = Tail(
    logicalOffset: 12_345, frontier: [hash, .zero], firstRow: 256, rows: rows(3),
    tails: [256, 259], levels: [levelRows(2), levelRows(0)],
    state: TailState(
      nextItemID: 4, openItems: [OpenItem(id: 2, offset: 512)], closed: true,
      unnamed: [UnnamedItem(id: 1, record: 8)], session: 1, names: 0, withhold: 7,
      branch: BranchID(.max)))

  static let emptyTail = Tail(
    logicalOffset: 32, frontier: [], firstRow: 0, rows: Rows(), tails: [], levels: [],
    state: TailState(nextItemID: 1, session: 1))

  static let seal = Seal(checkpoint: Array("bukti/1".utf8), signatures: [[0x30], []])

  static let attest = Attest(
    seal: 9, sealHash: hash, kind: .ocsp, digest: .zero, values: [[1], [2]], signature: 0, ext: ext)

  static let withhold = Withhold(
    reason: "privacy", authority: authority, decidedBy: person, recipient: "the defence",
    staysPublic: "sizes", runs: [WithheldRun(first: 3, count: 2, start: 300, end: 900)],
    time: time, ext: ext)
}
