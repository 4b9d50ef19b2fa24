import BuktiFormat
import BuktiStore

/// The volumes of a bundle as streams: the one named and those beside it ([B-VOL-4]).
struct OpenVolumes {
  let sources: [any ByteSource]
  /// Bytes of all, where they are files.
  let total: UInt64?

  init(_ path: RawPath) throws(BuktiError) {
    if path.bytes == Array("-".utf8) {
      sources = [FileDescriptorSource.standardInput]
      total = nil
      return
    }
    var sources: [any ByteSource] = []
    var total: UInt64? = 0
    for volume in Self.paths(from: path.bytes) {
      sources.append(try FileDescriptorSource.open(at: volume))
      let found = try FileMetadata.at(volume)
      total = found.kind == .file ? total.map { $0 + found.size } : nil
    }
    self.sources = sources
    self.total = total
  }

  private static func paths(from first: [UInt8]) -> [[UInt8]] {
    var found = [first]
    while let next = BundleVolumes.name(ofVolume: found.count, beside: first),
      (try? FileMetadata.at(next)) != nil
    {
      found.append(next)
    }
    return found
  }
}
