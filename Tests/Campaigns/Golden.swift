import BuktiEngines
import BuktiFixtures
import BuktiFormat
public import BuktiTrust

/// A bundle of exactly 64 KiB with every part that a bundle can have: two sessions, two seals, an attest, items in
/// each codec, a gap, an index block, names and a close.
public struct Golden: Sendable {
  public static let size = 65_536
  public let bytes: [UInt8]
  public let key: SigningKey
  let frames: [Frame]

  /// Builds until the size is right: lengths of ECDSA signatures vary by a few bytes.
  public init() throws {
    key = try Office.key("Examiner")
    var padding = 4096
    for _ in 0..<1000 {
      let bytes = try Self.build(key, padding: padding)
      if bytes.count == Self.size {
        self.bytes = bytes
        frames = Frame.all(of: bytes)
        return
      }
      padding += Self.size - bytes.count
      guard padding > 0 else { break }
    }
    throw BuktiError(.usage, "The golden bundle cannot be made exactly 64 KiB.")
  }

  private static func build(_ key: SigningKey, padding: Int) throws -> [UInt8] {
    var builder = try BundleBuilder(session: false)
    try builder.append(Office.session(key))
    let text = Array("Evidence is what can be shown. ".utf8)
    let poem = Array((0..<24).map { _ in text }.joined())
    try builder.file(Array("stored.txt".utf8), poem, chunk: 512)
    try builder.file(Array("deflated.txt".utf8), poem + poem, chunk: 700, codec: .deflate)
    try addImage(&builder, text)
    try builder.names()
    let first = try builder.seal(with: key)
    try builder.attest(to: first)

    try builder.session(key, extending: builder.checkpoint(of: first))
    var collected = Event(kind: .collected, time: Office.now, persons: [Person(name: "Examiner")])
    collected.place = "Example Street 1"
    try builder.append(collected, item: 1)
    // Mostly empty, as disks are: many short records, so that an index block is due.
    let sparse = (0..<225 * 8).map { place -> UInt8 in place / 8 % 9 == 4 ? 0x42 : 0 }
    try builder.file(Array("sparse.img".utf8), sparse, chunk: 8, codec: .zeroRun)
    try builder.file(Array("noise.bin".utf8), noise(padding), chunk: 1 << 20)
    try builder.names()
    try builder.close()
    try builder.seal(with: key)
    return builder.bytes
  }

  /// An image with a place that could not be read, begun before its size was known.
  private static func addImage(_ builder: inout BundleBuilder, _ text: [UInt8]) throws {
    try builder.append(ItemOpen(kind: .disk, name: Array("disk.img".utf8)), item: 3)
    try builder.data(3, at: 0, text)
    try builder.gap(
      3, at: UInt64(text.count), .unreadable(length: 512, errno: 5, attempts: 3))
    try builder.data(3, at: UInt64(text.count + 512), text)
    let whole = text + [UInt8](repeating: 0, count: 512) + text
    var item = Item(
      kind: .disk, name: Array("disk.img".utf8), size: UInt64(whole.count), state: .partial)
    item.reason = "512 bytes could not be read"
    item.digests = Digests(sha256: LibcryptoSHA256.digest(of: whole))
    try builder.close(3, item)
    try builder.append(Note(text: "The disk clicked."), item: 3)
  }
}

/// Bytes that do not shrink, always the same.
func noise(_ count: Int) -> [UInt8] {
  var state: UInt64 = 0x9E37_79B9_7F4A_7C15
  return (0..<count).map { _ in
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return UInt8(truncatingIfNeeded: state >> 32)
  }
}
