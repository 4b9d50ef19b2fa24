public import BuktiFormat

/// The volumes of a bundle as one run of bytes: volume 0, then the frames of each later volume.
///
/// An *address* counts in this run. In a bundle that withholds nothing it is the logical offset of
/// section 9; in a copy it is what the copy lacks smaller.
public struct BundleVolumes: Sendable {
  /// One volume and where its first byte would stand in the run.
  public struct Volume: Sendable {
    public let storage: any Storage
    /// Address of physical offset 0.
    public let start: UInt64
    /// Physical offset at which its frames end.
    public let size: UInt64

    /// Address behind its last frame.
    public var end: UInt64 { start + size }
  }

  public let preamble: Preamble
  public let volumes: [Volume]

  public var bundleID: BundleID { preamble.bundleID }

  /// Address behind the last frame of the last volume.
  public var end: UInt64 { volumes.last?.end ?? 0 }

  /// Takes the volumes in order, and reads the preamble of each.
  ///
  /// - Parameter torn: bytes at the end of each volume that are no frames, as far as they are known
  ///   ([B-SES-7]); 0 where the list is too short.
  /// - Throws: `preamble-truncated`, `preamble-magic`, `preamble-version`, `volume-mismatch`; `io`.
  public init(_ storages: [any Storage], torn: [UInt64] = []) throws(BuktiError) {
    guard let first = storages.first else {
      throw BuktiError(.notFound, "A bundle has at least one volume.")
    }
    preamble = try Self.preamble(of: first)
    var volumes: [Volume] = []
    for (number, storage) in storages.enumerated() {
      let found = try Self.preamble(of: storage)
      let expected = Preamble(
        volume: UInt32(clamping: number), bundleID: preamble.bundleID, minor: preamble.minor)
      guard found == expected else {
        throw BuktiError(.volumeMismatch, "Volume \(number) does not belong to this bundle.")
      }
      let size = try storage.size()
      let cut = number < torn.count ? torn[number] : 0
      // The file may have been cut since its preamble was read.
      guard size >= UInt64(Preamble.size), cut <= size - UInt64(Preamble.size),
        size < Limits.integer >> 8
      else {
        throw BuktiError(.damaged, "Volume \(number) is shorter than what is cut off its end.")
      }
      let start = volumes.last.map { $0.end - UInt64(Preamble.size) } ?? 0
      volumes.append(Volume(storage: storage, start: start, size: size - cut))
    }
    self.volumes = volumes
  }

  private static func preamble(of storage: any Storage) throws(BuktiError) -> Preamble {
    let bytes = try storage.read(Preamble.size, at: 0)
    return try Preamble(decoding: bytes.span)
  }

  /// Index of the volume that holds the byte at an address; nil beyond the end.
  public func index(at address: UInt64) -> Int? {
    guard address < end else { return nil }
    return volumes.lastIndex { $0.start + UInt64(Preamble.size) <= address }
  }

  /// Fills `buffer` from an address, within one volume, and returns the count.
  ///
  /// - Throws: `io`.
  public func read(
    into buffer: UnsafeMutableRawBufferPointer, at address: UInt64
  ) throws(BuktiError) -> Int {
    guard let index = index(at: address) else { return 0 }
    let volume = volumes[index]
    let count = Int(min(UInt64(buffer.count), volume.end - address))
    return unsafe try volume.storage.read(
      into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]), at: address - volume.start)
  }

  /// Reads up to `count` bytes from an address; fewer only at the end of a volume.
  public func read(_ count: Int, at address: UInt64) throws(BuktiError) -> [UInt8] {
    guard let index = index(at: address), count > 0 else { return [] }
    let volume = volumes[index]
    let wanted = Int(min(UInt64(count), volume.end - address))
    return try volume.storage.read(wanted, at: address - volume.start)
  }

  /// Index of the volume in which a frame that begins at an address would stand, also behind the end.
  public func index(ofFrameAt address: UInt64) -> Int {
    volumes.lastIndex { $0.start + UInt64(Preamble.size) <= address } ?? 0
  }
}
