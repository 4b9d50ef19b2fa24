import BuktiEngines
import BuktiFixtures
import BuktiFormat
import BuktiTrust

/// A bundle of 24 records, small enough to try every deletion, exchange and repetition.
struct Small {
  static let count = 24
  let builder: BundleBuilder
  let key: SigningKey
  /// Record numbers of its seals.
  let seals: [UInt64]

  var bytes: [UInt8] { builder.bytes }
  var frames: [Frame] { Frame.all(of: bytes) }
  var id: BundleID { builder.id }
  var preamble: [UInt8] { Array(bytes.prefix(Preamble.size)) }

  /// - Parameters:
  ///   - id: of the bundle.
  ///   - salt: another one makes all records differ, whatever they say.
  ///   - isClosed: or three seals, and more may follow.
  init(key: SigningKey, id: UInt128 = 1, salt: UInt64 = 0, isClosed: Bool = true) throws {
    self.key = key
    var builder = try BundleBuilder(id: id, session: false, salt: salt)
    try builder.append(Office.session(key))
    let name = Array("disk.img".utf8)
    let text = Array("evidence".utf8)
    try builder.append(ItemOpen(kind: .disk, name: name), item: 1)
    for place in 0..<4 { try builder.data(1, at: UInt64(place * text.count), text) }
    var item = Item(kind: .disk, name: name, size: UInt64(4 * text.count), state: .complete)
    item.digests = Digests(sha256: LibcryptoSHA256.digest(of: text + text + text + text))
    try builder.close(1, item)
    try builder.append(Note(text: "The bag was torn.", about: 1), item: 1)
    try builder.names()
    var seals = [try builder.seal(with: key)]
    try builder.attest(to: seals[0])

    try builder.session(key, extending: builder.checkpoint(of: seals[0]))
    try builder.append(
      Event(kind: .examined, time: Office.now, persons: [Person(name: "Examiner")]), item: 1)
    if !isClosed { seals.append(try builder.seal(with: key)) }
    for number in 2...3 {
      try builder.file(Array("file-\(number)".utf8), Array("content \(number)".utf8))
    }
    if isClosed {
      try builder.append(Note(text: "That is all."))
      try builder.names()
      try builder.close()
    } else {
      try builder.names()
    }
    seals.append(try builder.seal(with: key))
    guard isClosed == false || builder.number == Self.count else {
      throw BuktiError(.usage, "The small bundle has \(builder.number) records.")
    }
    self.builder = builder
    self.seals = seals
  }
}
