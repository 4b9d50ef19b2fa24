public import BuktiFormat
public import BuktiStore
public import BuktiWriter
import Synchronization

/// Volumes that remember each change, in one order for all, so that the power can go anywhere.
public final class RecordingDisk: VolumeFactory {
  public enum Change: Sendable, Equatable {
    /// A volume with its preamble, under its name; both are on stable storage.
    case make(Int, [UInt8])
    case append(Int, [UInt8])
    case sync(Int)
    case truncate(Int, Int)
  }

  /// What a careless writer leaves out.
  public enum Omission: CaseIterable, Sendable {
    case everySync, syncOfFullVolume, syncOfDirectory
  }

  private struct State {
    var volumes: [[UInt8]]
    public var changes: [Change] = []
  }

  public let initial: [[UInt8]]
  public let omission: Omission?
  private let state: Mutex<State>

  /// Starts with volumes that are on stable storage; a bundle begins with an empty one.
  public init(_ volumes: [[UInt8]] = [[]], omission: Omission? = nil) {
    initial = volumes
    self.omission = omission
    state = Mutex(State(volumes: volumes))
  }

  public var changes: [Change] { state.withLock { $0.changes } }

  public var volumes: [[UInt8]] { state.withLock { $0.volumes } }

  /// All volumes, to be appended to.
  public var storages: [any Storage] { volumes.indices.map { Volume(disk: self, number: $0) } }

  public func makeVolume(_ preamble: Preamble, room: UInt64) throws(BuktiError) -> any Storage {
    var bytes = ByteWriter()
    preamble.encode(into: &bytes)
    let number = volumes.count
    perform(.make(number, bytes.bytes))
    return Volume(disk: self, number: number)
  }

  fileprivate func perform(_ change: Change) {
    state.withLock { state in
      Self.apply(change, to: &state.volumes)
      switch (change, omission) {
      case (.sync, .everySync): return
      case (.make(let number, _), .syncOfFullVolume):
        if state.changes.last == .sync(number - 1) { state.changes.removeLast() }
      default: break
      }
      state.changes.append(change)
    }
  }

  static func apply(_ change: Change, to volumes: inout [[UInt8]]) {
    switch change {
    case .make(_, let bytes): volumes.append(bytes)
    case .append(let number, let bytes): volumes[number] += bytes
    case .truncate(let number, let size): volumes[number].removeSubrange(size...)
    case .sync: break
    }
  }

  private final class Volume: Storage {
    private let disk: RecordingDisk
    private let number: Int

    init(disk: RecordingDisk, number: Int) {
      self.disk = disk
      self.number = number
    }

    private var bytes: [UInt8] { disk.volumes[number] }

    func append(_ pieces: [UnsafeRawBufferPointer]) throws(BuktiError) {
      var bytes: [UInt8] = []
      for index in unsafe pieces.indices { unsafe bytes.append(contentsOf: pieces[index]) }
      disk.perform(.append(number, bytes))
    }

    func sync() throws(BuktiError) { disk.perform(.sync(number)) }

    func read(
      into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
    ) throws(BuktiError) -> Int {
      unsafe try MemoryStorage(bytes).read(into: buffer, at: offset)
    }

    func size() throws(BuktiError) -> UInt64 { UInt64(bytes.count) }

    func truncate(to size: UInt64) throws(BuktiError) {
      guard size <= UInt64(bytes.count) else { throw BuktiError(.io) }
      disk.perform(.truncate(number, Int(size)))
    }

    func reserve(_ count: UInt64) throws(BuktiError) {}
  }
}

extension RecordingDisk {
  /// What the disk can hold after a loss of power: the bytes of each volume.
  public typealias Image = [[UInt8]]

  /// Calls `body` with every image after the first `count` changes, some of them more than once.
  ///
  /// What was synced is there. Of the rest each sector of 512 bytes arrived or not, in whatever order, and what
  /// did not arrive reads as zeros, as noise or as what stood there before; and the size can be any.
  /// - Parameter step: distance of the sizes within a sector.
  public func images(after count: Int, step: Int, _ body: (Image) throws -> Void) rethrows {
    var all = initial
    var durable = initial
    for change in changes.prefix(count) {
      Self.apply(change, to: &all)
      switch change {
      case .make: durable.append(all[all.count - 1])
      case .sync(let number): durable[number] = all[number]
      case .append, .truncate: break
      }
    }
    let pending = all.indices.filter { all[$0] != durable[$0] }
    try body(all)
    try body(durable)
    for number in pending {
      for rest in pending.count == 1 ? [all] : [all, durable] {
        var image = rest
        for bytes in Self.variants(of: all[number], over: durable[number], step: step) {
          image[number] = bytes
          try body(image)
        }
      }
    }
    // A name that was not made durable goes, and its volume with it.
    if omission == .syncOfDirectory, all.count > 1 { try body(Array(durable.dropLast())) }
  }

  private static func variants(
    of new: [UInt8], over old: [UInt8], step: Int
  ) -> [[UInt8]] {
    let sector = 512
    let same = zip(new, old).prefix { $0 == $1 }.count
    var variants: [[UInt8]] = []
    for size in stride(from: same, to: new.count, by: step) {
      variants.append(Array(new.prefix(size)))
    }
    let sectors = Array(same / sector..<(new.count + sector - 1) / sector)
    func without(_ lost: some Sequence<Int>, _ filler: UInt8?) {
      var bytes = new
      for number in lost {
        for place in max(same, number * sector)..<min(new.count, (number + 1) * sector) {
          bytes[place] = filler ?? (place < old.count ? old[place] : 0)
        }
      }
      variants.append(bytes)
    }
    for filler: UInt8? in [0x00, 0xA5, nil] {
      for (place, number) in sectors.enumerated() {
        without([number], filler)
        without(sectors.filter { $0 != number }, filler)
        without(sectors[place...], filler)
      }
      // Every subset, where there are few.
      let few = sectors.suffix(6)
      for subset in 0..<1 << few.count {
        without(few.enumerated().filter { subset >> $0.offset & 1 == 1 }.map(\.element), filler)
      }
    }
    return variants
  }
}
