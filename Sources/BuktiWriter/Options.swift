public import BuktiFormat
public import BuktiTrust
import BuktiStore

/// How much of what was written is read again before a seal is reported.
public enum ReadBack: Sendable, Hashable {
  case none
  /// The tail and the seal.
  case seal
  /// Everything since the seal before.
  case all
}

/// How a writer works; nothing of it changes what a bundle means.
public struct WriterOptions: Sendable {
  /// Plain bytes of a data record; up to 16 MiB. Without a size: 256 KiB, and half of that behind the first 16 MiB of
  /// an item. Small files are read whole and want few records; images are read at random, which decodes whole chunks.
  public var chunkSize: Int?
  public var compression = Compression.fast
  /// Items of this size or more, in bytes, and those of unknown size say so before their first byte.
  public var openFrom: UInt64 = 64 << 20
  /// A mark is set at least so often during long work.
  public var markInterval = Duration.seconds(30)
  /// A mark is set after so many bytes at most.
  public var markBytes: UInt64 = 1 << 30
  /// Each volume stays below so many bytes, if no single record is larger; 0 for no limit, nil for what the
  /// session before had.
  public var volumeSize: UInt64?
  /// Seals that long work makes by itself; nil for none.
  public var runSeals: RunSeals?
  /// How often an unreadable sector is tried.
  public var attempts = 3
  /// After so many unreadable sectors in a row the reader skips ahead; 0 tries every sector.
  public var skipAfter = 0
  public var readBack = ReadBack.seal
  /// Threads that compress and hash; 1 works on the caller's thread alone. What is written does not depend on it.
  public var jobs = Processors.count
  /// The clock that records and signatures speak of.
  public var now: @Sendable () -> Timestamp
  /// Asked between chunks and between items; once it says yes, the item at hand stays suspended if it was
  /// begun with an item-open and can be read again, else it is aborted.
  public var isInterrupted: @Sendable () -> Bool = { false }
  /// Told from time to time how many bytes were read since the writer was opened.
  public var progress: (@Sendable (UInt64) -> Void)?
  /// Told from time to time how many stored bytes of a suspended item were read again.
  public var rereading: (@Sendable (UInt64) -> Void)?
  /// Asked for each record that is read back after a seal; once it says yes, the seal stands and its receipt
  /// says that not all was read again.
  public var stopsReadingBack: @Sendable () -> Bool = { false }
  /// Told while a seal is read back: bytes so far, and of how many.
  public var readBackProgress: (@Sendable (_ bytes: UInt64, _ total: UInt64) -> Void)?

  /// Where salts come from; tests alone say otherwise.
  var salts: @Sendable () -> SaltSource = { SaltSource() }

  public init(now: @escaping @Sendable () -> Timestamp) { self.now = now }
}

/// How often long work is sealed on its way, and by whom.
///
/// A session's first seal has to meet its policy; once it did, the run certificate that the policy names may
/// seal alone. So that it does, the first one comes as soon as a mark would.
public struct RunSeals: Sendable {
  /// Makes CMS signatures over the checkpoint's very bytes.
  public typealias Signer = @Sendable (_ checkpoint: [UInt8]) throws(BuktiError) -> [[UInt8]]
  /// Keys that may not be at hand yet.
  public typealias Keys = @Sendable () throws(BuktiError) -> [SigningKey]

  /// A seal is made after so many bytes of the bundle; nil for no such limit.
  public var bytes: UInt64? = 10 << 30
  /// A seal is made after so much time, if anything came since the last; nil for no such limit.
  public var interval: Duration? = .seconds(15 * 60)
  /// Signs the first seal of the session.
  public var first: Signer
  /// Signs the later ones.
  public var later: Signer
  /// Told of each seal.
  public var sealed: (@Sendable (SealReceipt) -> Void)?

  public init(first: @escaping Signer, later: @escaping Signer) {
    self.first = first
    self.later = later
  }

  /// Seals with keys at hand: those of the policy, then that of the run certificate.
  ///
  /// - Parameter run: the key whose certificate the session's policy names; nil where the keys of the policy seal
  ///   each time.
  /// - Parameter now: the clock.
  /// - Parameter keys: those that sign.
  public init(
    _ keys: [SigningKey], run: SigningKey?, now: @escaping @Sendable () -> Timestamp
  ) {
    self.init({ keys }, run: run, now: now)
  }

  /// The same with keys that may not be at hand yet: they are asked for with each seal of theirs.
  public init(
    _ keys: @escaping Keys, run: SigningKey?, now: @escaping @Sendable () -> Timestamp
  ) {
    let first = Self.signer(keys, now: now)
    let later = run.map { run in Self.signer({ [run] }, now: now) }
    self.init(first: first, later: later ?? first)
  }

  static func signer(
    _ keys: @escaping Keys, now: @escaping @Sendable () -> Timestamp
  ) -> Signer {
    { (checkpoint) throws(BuktiError) in
      let time = (now().instant ?? 0) / 1_000_000_000
      var signatures: [[UInt8]] = []
      for key in try keys() {
        signatures.append(
          try CheckpointSigner.sign(checkpoint: checkpoint, key: key, signingTime: time))
      }
      return signatures
    }
  }
}
