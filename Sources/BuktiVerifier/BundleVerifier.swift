public import BuktiFormat
public import BuktiStore

/// Verifies a bundle in one pass, from files or a pipe, in bounded memory, without writing anything.
public struct BundleVerifier: Sendable {
  public let options: VerificationOptions

  public init(_ options: VerificationOptions) { self.options = options }

  /// Verifies the files of a bundle as they are now, volume 0 first, without a lock.
  ///
  /// `BundleVolumes.open(at:)` finds and opens them.
  /// - Throws: as the other methods.
  public func verify(
    storages: [any Storage], visitor: (any BundleVisitor)? = nil,
    progress: ((VerificationProgress) -> Void)? = nil, isCancelled: (() -> Bool)? = nil
  ) throws(BuktiError) -> Report {
    var sources: [StorageSource] = []
    var total: UInt64 = 0
    for storage in storages {
      let size = try storage.size()
      sources.append(StorageSource(storage, end: size))
      total += size
    }
    return try verify(
      volumes: sources, total: total, visitor: visitor, progress: progress,
      isCancelled: isCancelled)
  }

  /// Verifies volumes that come once, volume 0 first: files, a pipe.
  ///
  /// - Parameters:
  ///   - total: bytes of all volumes where they are known, for `progress` alone.
  ///   - progress: called at most ten times a second.
  ///   - isCancelled: asked often; true ends the pass.
  ///   - visitor: told what was verified, as it goes.
  ///   - volumes: all volumes, in order.
  /// - Throws: `preamble-truncated`, `preamble-magic` or `preamble-version` where volume 0 is none that this
  ///   version reads; `interrupted`; `io`; what the visitor throws. Damage is never thrown: the report tells it.
  public func verify(
    volumes: [any ByteSource], total: UInt64? = nil, visitor: (any BundleVisitor)? = nil,
    progress: ((VerificationProgress) -> Void)? = nil, isCancelled: (() -> Bool)? = nil
  ) throws(BuktiError) -> Report {
    var rest = volumes[...]
    return try verify(
      total: total, visitor: visitor, progress: progress, isCancelled: isCancelled
    ) { () throws(BuktiError) in rest.popFirst() }
  }

  /// Verifies volumes as they come: `nextVolume` gives one after the other, volume 0 first, then nil.
  ///
  /// - Throws: as the other method, and what `nextVolume` throws.
  public func verify(
    total: UInt64? = nil, visitor: (any BundleVisitor)? = nil,
    progress: ((VerificationProgress) -> Void)? = nil, isCancelled: (() -> Bool)? = nil,
    nextVolume: () throws(BuktiError) -> (any ByteSource)?
  ) throws(BuktiError) -> Report {
    let pace = Pace(total: total, progress: progress, isCancelled: isCancelled)
    let pass = Pass(options, visitor: visitor, pace: pace)
    try pass.run(nextVolume)
    return Report(pass)
  }
}
