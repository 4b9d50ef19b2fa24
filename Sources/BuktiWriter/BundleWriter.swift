public import BuktiFormat
public import BuktiStore
import BuktiEngines

/// Appends evidence to a bundle and seals it.
///
/// One writer owns the end of a bundle from its opening to `finish()`. After any failed write or sync
/// every call throws `dead`: the bundle must be opened again, which examines its end. Nothing counts
/// as kept before `seal` has returned. `disk-full` from a call that adds evidence is no such failure
/// where the file system sets room aside: that call's item stays open, and `seal` still has its room. Not shared between threads.
public struct BundleWriter: ~Copyable {
  let log: RecordLog
  let sealer: Sealer
  let reader: SourceReader
  let options: WriterOptions
  /// The session that this writer has begun.
  let session: Session
  /// The files that the bundle lies in, which are no evidence; nil in memory.
  let ownFiles: VolumeFiles?
  /// What was there when the bundle was opened; nil for a new one.
  let stored: StoredPart?

  init(
    log: RecordLog, options: WriterOptions, session: Session, ownFiles: VolumeFiles? = nil,
    withheldBytes: UInt64 = 0, stored: StoredPart? = nil
  ) {
    self.stored = stored
    self.log = log
    self.options = options
    self.session = session
    self.ownFiles = ownFiles
    sealer = Sealer(log, options, session.policy, withheldBytes: withheldBytes)
    reader = SourceReader(sealer: sealer, options: options)
  }

  /// The identity of the bundle.
  public var bundleID: BundleID { log.appender.bundleID }

  /// Records so far.
  public var recordCount: UInt64 { log.number }

  /// Makes a bundle in an empty storage and begins its first session.
  ///
  /// - Parameter volumes: makes the further volumes; without it there is only one, whatever the options say.
  /// - Parameter genesis: what the bundle is about.
  /// - Parameter storage: empty, and written to alone from now on.
  /// - Parameter options: how the writer works.
  /// - Parameter session: what the session says of itself.
  /// - Throws: `exists` where the storage holds something, `usage` for a policy that cannot be met,
  ///   `crypto-engine`, `disk-full`, `io`, `dead`.
  public static func create(
    in storage: any Storage, volumes: (any VolumeFactory)? = nil, genesis: Genesis,
    session: Session, options: WriterOptions
  ) throws(BuktiError) -> BundleWriter {
    guard try storage.size() == 0 else {
      throw BuktiError(.exists, "There is something already where the bundle should begin.")
    }
    var session = session
    session.extends = nil
    session.adopts = nil
    session.refuses = nil
    session.torn = nil
    session.volumeSize = options.volumeSize
    try session.policy.check()
    let id = try SecureRandom.bytes(16)
    guard let bundleID = BundleID(bytes: id) else {
      throw BuktiError(.cryptoEngine, "There are no random bytes for an identity.")
    }
    let chain = VolumeChain(
      [storage], filled: UInt64(Preamble.size), limit: session.volumeSize, factory: volumes)
    let appender = FrameAppender(
      volumes: chain, bundleID: bundleID, salts: options.salts())
    let log = RecordLog(appender: appender, options: options)
    try log.append(genesis)
    try log.append(session)
    try appender.sync()
    return BundleWriter(
      log: log, options: options, session: session, ownFiles: volumes as? VolumeFiles)
  }

  /// Makes a bundle at a path that must be free, locks it and makes its name durable.
  ///
  /// Where that fails, as on a full disk, the path is free again.
  /// - Throws: `exists`, also where a file stands beside it that would be taken for a later volume; `not-found`
  ///   (no such directory), `locked`, `name-refused`, and what `create(in:genesis:session:options:)` throws.
  public static func create(
    at path: [UInt8], genesis: Genesis, session: Session, options: WriterOptions
  ) throws(BuktiError) -> BundleWriter {
    try create(at: path, in: nil, genesis: genesis, session: session, options: options)
  }

  /// The same in a file from `FileStorage.createUnnamed`, to which the caller gives the name before the first seal.
  package static func create(
    at path: [UInt8], in unnamed: FileStorage?, genesis: Genesis, session: Session,
    options: WriterOptions
  ) throws(BuktiError) -> BundleWriter {
    try session.policy.check()
    try VolumeFiles.requireNone(behind: path, isNeeded: (options.volumeSize ?? 0) > 0)
    if let unnamed {
      return try create(at: path, named: unnamed, genesis, session, options)
    }
    let storage = try FileStorage.create(at: path)
    do throws(BuktiError) {
      return try create(at: path, named: storage, genesis, session, options)
    } catch {
      // Half a beginning is no bundle: neither could it be appended to, nor made anew while it has the name.
      storage.removeName(path)
      throw error
    }
  }

  private static func create(
    at path: [UInt8], named storage: FileStorage, _ genesis: Genesis, _ session: Session,
    _ options: WriterOptions
  ) throws(BuktiError) -> BundleWriter {
    let volumes = VolumeFiles(after: [path], own: [try storage.id()])
    return try create(
      in: storage, volumes: volumes, genesis: genesis, session: session, options: options)
  }

  /// Hands everything over and lets go of the bundle.
  ///
  /// What was added after the last seal stays in the bundle, unsealed.
  /// - Throws: `disk-full`, `io`, `dead`.
  public consuming func finish() throws(BuktiError) {
    try log.appender.finish()
  }
}

extension Policy {
  /// - Throws: `usage` where nobody could meet it ([B-SES-6]).
  func check() throws(BuktiError) {
    let ascend = zip(certificates, certificates.dropFirst()).allSatisfy {
      $0.bytes.lexicographicallyPrecedes($1.bytes)
    }
    guard ascend, 1...UInt64(max(1, certificates.count)) ~= needed, !certificates.isEmpty else {
      throw BuktiError(
        .usage, "A policy names certificates in ascending order and needs 1 to all of them.")
    }
  }
}
