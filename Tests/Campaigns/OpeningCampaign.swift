import BuktiFixtures
import BuktiFormat
public import BuktiStore
public import BuktiTrust
import BuktiVerifier
import BuktiWriter
import Synchronization

/// Bundles of more and more frames: how long opening one takes, and how many proven reads there are in a second.
public enum OpeningCampaign {
  /// What opening may take and read, however many frames there are.
  private static let (mostTime, mostBytes) = (Duration.milliseconds(50), UInt64(256 << 10))
  private static let frame: UInt64 = 4096

  /// - Parameter reads: random ones of 4 KiB, each compared with what was written.
  public static func run(
    frames: UInt64, reads: Int, in storage: any Storage, _ key: SigningKey,
    _ say: (String) -> Void
  ) throws -> Outcomes {
    let clock = ContinuousClock()
    let sealing = try clock.measure { try seal(frames, in: storage, key) }
    var outcomes = Outcomes()
    let counting = CountingStorage(storage)
    let openings = try (0..<9).map { _ in
      counting.reset()
      return try clock.measure { _ = try BundleReader([counting], at: Office.time) }
    }.sorted()
    let opened = counting.bytesRead
    outcomes.expect(openings[4] <= mostTime, "opening takes \(openings[4])")
    outcomes.expect(opened <= mostBytes, "opening reads \(opened) bytes")
    let reader = try BundleReader([counting], at: Office.time)
    let item = try reader.open(reader.find(.id(1)))
    outcomes.expect(item.size == frames * frame, "the item has \(item.size) bytes")
    let reading = try clock.measure { try read(item, frames, reads, &outcomes) }
    say(
      "\(frames) frames, \(reader.checkpoint.size) records, \(try storage.size()) bytes, sealed in "
        + "\(sealing / .seconds(1)) s: opened in \(openings[4] / .milliseconds(1)) ms (median of 9, most "
        + "\(openings[8] / .milliseconds(1))), \(opened) bytes read; \(reads) reads of 4 KiB: "
        + "\(Int(Double(reads) / (reading / .seconds(1)))) a second")
    return outcomes
  }

  /// One item, of whose frames each holds its own number again and again, so that millions of them are small.
  private static func seal(_ frames: UInt64, in storage: any Storage, _ key: SigningKey) throws {
    var options = WriterOptions(now: { Office.now })
    options.chunkSize = Int(frame)
    var writer = try BundleWriter.create(
      in: storage,
      genesis: Genesis(
        case: Genesis.Case(number: "1"), creator: Person(name: "Examiner"),
        tool: Tool(name: "campaign", version: "1"), time: Office.now),
      session: Office.session(key), options: options)
    _ = try writer.add(
      Numbers(frames * frame), as: ItemDescription(kind: .stream, name: Array("numbers".utf8)))
    try writer.seal([key])
    try writer.finish()
  }

  private static func read(
    _ item: ItemReader, _ frames: UInt64, _ count: Int, _ outcomes: inout Outcomes
  ) throws {
    var random = SeededGenerator(seed: frames)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(frame), alignment: 16)
    defer { unsafe buffer.deallocate() }
    for _ in 0..<count {
      let place = UInt64.random(in: 0...(frames - 1) * frame / 8, using: &random) * 8
      let read = unsafe try item.read(into: buffer, at: place)
      let (first, last) = unsafe (
        buffer.load(as: UInt64.self), buffer.load(fromByteOffset: 4088, as: UInt64.self)
      )
      let isRight =
        read.count == Int(frame) && read.gaps.isEmpty
        && first == Numbers.word(place) && last == Numbers.word(place + 4088)
      outcomes.expect(isRight, "4 KiB at \(place)")
    }
  }
}

/// Words of eight bytes, each the number of its 4 KiB, counted from 1.
private final class Numbers: ByteSource {
  private let count: UInt64
  private let place = Mutex<UInt64>(0)

  init(_ count: UInt64) { self.count = count }

  static func word(_ place: UInt64) -> UInt64 { place / 4096 + 1 }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(BuktiError) -> Int {
    let from = place.withLock { $0 }
    let wanted = Int(min(UInt64(buffer.count), count - from)) & ~7
    for index in 0..<(wanted / 8) {
      let word = Self.word(from + UInt64(index) * 8)
      unsafe buffer.storeBytes(of: word, toByteOffset: index * 8, as: UInt64.self)
    }
    place.withLock { $0 = from + UInt64(wanted) }
    return wanted
  }
}
