import BuktiEngines
public import BuktiFormat
import BuktiStore
public import BuktiTrust
public import BuktiWriter

/// A bundle written over three sessions and several volumes, the second of which is torn away by a loss of power.
public struct CrashWorkload: Sendable {
  public let disk: RecordingDisk
  public let key: SigningKey
  /// How many changes were made when a seal was reported, and its record number.
  private(set) var acknowledged: [(changes: Int, seal: UInt64)] = []
  /// Digests of all that ever stood on the disk up to the end of a record.
  private(set) var written: Set<Hash> = []

  public init(_ key: SigningKey, omission: RecordingDisk.Omission? = nil) throws {
    self.key = key
    disk = RecordingDisk(omission: omission)
    var writer = try BundleWriter.create(
      in: disk.storages[0], volumes: disk,
      genesis: Genesis(
        case: Genesis.Case(number: "1/2026"), creator: Person(name: "Examiner"),
        tool: Tool(name: "campaign", version: "1"), time: Office.now),
      session: Office.session(key), options: Self.options)
    try fill(&writer, 0)
    try seal(&writer)
    try writer.finish()

    writer = try Self.open(disk, key)
    try fill(&writer, 1)
    try seal(&writer)
    // Evidence that no seal covers, and half a frame: the process was killed.
    try writer.add(
      MemorySource(noise(2_000)), as: ItemDescription(kind: .file, name: Array("unsealed".utf8)))
    try writer.finish()
    try note()
    let last = disk.storages[disk.volumes.count - 1]
    try last.append(Array(disk.volumes[0].suffix(700)))

    writer = try Self.open(disk, key)
    try fill(&writer, 2)
    try seal(&writer)
    try writer.finish()
    try note()
  }

  /// Small chunks, volumes and distances between marks: much happens in few bytes.
  public static var options: WriterOptions {
    var options = WriterOptions { Office.now }
    options.markBytes = 4_000
    options.chunkSize = 1_500
    options.volumeSize = 14_000
    options.readBack = .none
    return options
  }

  /// Opens the bundle and adopts what nobody sealed.
  public static func open(
    _ disk: RecordingDisk, _ key: SigningKey
  ) throws(BuktiError) -> BundleWriter {
    try BundleWriter.append(
      to: disk.storages, further: disk, session: Office.session(key),
      acceptance: Office.acceptance(of: key), unsealed: .adopt(reason: "power"),
      options: options, tornKeeper: TornDrawer())
  }

  /// The last seal that was reported before the power went.
  func lastSeal(after changes: Int) -> UInt64? {
    acknowledged.last { $0.changes <= changes }?.seal
  }

  private func fill(_ writer: inout BundleWriter, _ round: Int) throws {
    for number in 0..<3 {
      let name = Array("\(round)-\(number)".utf8)
      let bytes = noise(900 + 1_700 * number + round)
      try writer.add(MemorySource(bytes), as: ItemDescription(kind: .file, name: name))
    }
    try writer.record(ItemDescription(kind: .directory, name: Array("d\(round)".utf8)))
  }

  private mutating func seal(_ writer: inout BundleWriter) throws {
    let receipt = try writer.seal([key])
    acknowledged.append((disk.changes.count, receipt.record))
    try note()
  }

  /// Takes down what the disk holds now, record by record.
  private mutating func note() throws {
    let volumes = disk.volumes
    let run = try BundleVolumes(volumes.map { MemoryStorage($0) })
    let reader = RecordReader(run, sha256: LibcryptoSHA256(), deflate: ZlibDeflate())
    var place = UInt64(Preamble.size)
    while place < run.end, let frame = try reader.candidate(at: place) {
      place = frame.end
      guard let number = run.index(at: frame.address) else { break }
      let volume = run.volumes[number]
      let end = Int(place - volume.start)
      written.insert(Self.digest(volumes[..<number] + [Array(volumes[number][..<end])]))
      guard place == volume.end, number + 1 < volumes.count else { continue }
      written.insert(
        Self.digest(volumes[...number] + [Array(volumes[number + 1].prefix(Preamble.size))]))
    }
  }

  static func digest(_ volumes: some Sequence<[UInt8]>) -> Hash {
    let digest = LibcryptoSHA256().start()
    for bytes in volumes {
      var length = ByteWriter()
      length.append(UInt32(clamping: bytes.count))
      digest.update(length.bytes.span.raw)
      digest.update(bytes.span.raw)
    }
    return digest.digest()
  }
}

/// Keeps what is cut off nowhere: it is noise.
private final class TornDrawer: TornKeeper {
  func place(
    for torn: Torn, from offset: UInt64, of volume: Int
  ) throws(BuktiError) -> (any Storage)? { MemoryStorage() }

  func kept(from offset: UInt64, of volume: Int) throws(BuktiError) -> Torn? { nil }
}

extension Office {
  /// Goes on from seals by this key.
  public static func acceptance(of key: SigningKey) -> Acceptance {
    var acceptance = Acceptance(time: time)
    acceptance.ownCertificates = [key.certificate.fingerprint]
    return acceptance
  }
}
