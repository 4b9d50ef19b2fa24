import BuktiConsole
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
      return try verifier.verify(
        storages: storages, visitor: visitor, progress: { progress?.update($0.bytes) },
        isCancelled: isCancelled)
    case .stream(let source):
      return try verifier.verify(
        volumes: [source], visitor: visitor, progress: { progress?.update($0.bytes) },
        isCancelled: isCancelled)
    }
  }
}
