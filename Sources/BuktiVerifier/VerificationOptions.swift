public import BuktiFormat
import BuktiStore
public import BuktiTrust

/// What a verifier is given beside the bundle.
public struct VerificationOptions: Sendable {
  /// When paths of certificates must be valid, in seconds since 1970-01-01 UTC.
  public var time: Int64
  /// Certificates that paths may end in; those inside the bundle never are roots.
  public var roots: [Certificate] = []
  /// SHA-256 fingerprints of certificates that are trusted as they are.
  public var pins: Set<Hash> = []
  /// Checkpoints kept outside the bundle, in the order in which the report answers them.
  public var receipts: [Checkpoint] = []
  /// Keys of logs and of their witnesses.
  public var logKeys = LogKeys()
  /// Plain bytes, gaps included, after which nothing more is decoded.
  public var maxPlain = Limits.defaultMaxPlain
  /// Whether the report lists every item, which takes about 50 bytes of memory for each.
  public var listsItems = true

  /// How much of the data is read; less than all leaves claims not established.
  public var level = VerificationLevel.full
  /// Reads only some of the data records.
  public var sample: DataSample?
  /// Threads that decode and hash; 1 works on the caller's thread alone. What is said does not depend on it.
  public var jobs = Processors.count

  /// How far frames are gathered before others work on them; smaller in tests.
  package var gathering = Gathering()

  public init(time: Int64) { self.time = time }
}

/// How many frames go to a thread together.
package struct Gathering: Sendable {
  /// Work up to this size, in bytes, is done at once when nothing else is under way.
  package var small = 64 << 10
  /// Frames of a batch, at most.
  package var frames = 1000

  package init() {}
}

/// How far long work has come: by default in bytes of the volumes, where items are read alone in theirs.
public struct VerificationProgress: Sendable, Equatable {
  /// Bytes of all volumes read so far.
  public let bytes: UInt64
  /// Bytes of all volumes, where they are known beforehand.
  public let total: UInt64?

  public init(bytes: UInt64, total: UInt64?) {
    self.bytes = bytes
    self.total = total
  }
}
