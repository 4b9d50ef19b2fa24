import BuktiConsole
import BuktiEngines
import BuktiFormat
import BuktiStore
import BuktiVerifier

/// A bundle to read in one pass: files, read to the size that they have now, or a stream.
enum BundleInput {
  case files([any Storage])
  case stream(any ByteSource)

  init(_ path: RawPath, _ volumes: VolumeOptions) throws(BuktiError) {
    if path.bytes == Array("-".utf8) {
      self = .stream(FileDescriptorSource.standardInput)
      return
    }
    switch try FileMetadata.at(path.bytes).kind {
    case .file, .blockDevice: self = .files(try volumes.open(path))
    case .directory: throw BuktiError(.usage, "\(path.text) is a folder, not a bundle.")
    default: self = .stream(try FileDescriptorSource.open(at: path.bytes) { Interrupt.isRequested })
    }
  }

  /// Bytes of all volumes, where they are known beforehand.
  func size() throws(BuktiError) -> UInt64? {
    guard case .files(let storages) = self else { return nil }
    var sum: UInt64 = 0
    for storage in storages { sum += try storage.size() }
    return sum
  }

  func verify(
    _ options: VerificationOptions, visitor: (any BundleVisitor)? = nil, progress: Progress? = nil,
    isCancelled: @escaping () -> Bool = { Interrupt.isRequested }
  ) throws(BuktiError) -> Report {
    defer { progress?.clear() }
    let verifier = BundleVerifier(options)
    switch self {
    case .files(let storages):
      if let sources = try Self.growing(storages) {
        return try verifier.verify(
          volumes: sources, visitor: visitor, progress: { progress?.update($0.bytes) },
          isCancelled: isCancelled)
      }
      return try verifier.verify(
        storages: storages, visitor: visitor, progress: { progress?.update($0.bytes) },
        isCancelled: isCancelled)
    case .stream(let source):
      return try verifier.verify(
        volumes: [source], visitor: visitor, progress: { progress?.update($0.bytes) },
        isCancelled: isCancelled)
    }
  }

  /// The volumes up to the last whole record, where somebody is writing right now; else nil.
  private static func growing(
    _ storages: [any Storage]
  ) throws(BuktiError) -> [StorageSource]? {
    let isWritten = storages.contains { ($0 as? FileStorage)?.isBeingWritten ?? false }
    guard isWritten else { return nil }
    let reader = RecordReader(
      try BundleVolumes(storages), sha256: LibcryptoSHA256(), deflate: FastDeflate())
    guard let end = try reader.lastWholeEnd(), let volume = reader.volumes.volumes.last else {
      return nil
    }
    Console.note("Another process is writing to the bundle: read to its last whole record.")
    return reader.volumes.volumes.map {
      StorageSource($0.storage, end: $0.start == volume.start ? end - $0.start : $0.size)
    }
  }
}
