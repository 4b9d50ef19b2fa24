public import BuktiFormat

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
  /// Plain bytes of a data record; up to 16 MiB.
  public var chunkSize = 256 << 10
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
  /// How often an unreadable sector is tried.
  public var attempts = 3
  /// After so many unreadable sectors in a row the reader skips ahead; 0 tries every sector.
  public var skipAfter = 0
  public var readBack = ReadBack.seal
  /// The clock that records and signatures speak of.
  public var now: @Sendable () -> Timestamp
  /// Asked between chunks and between items; once it says yes, the item at hand is aborted.
  public var isInterrupted: @Sendable () -> Bool = { false }
  /// Told from time to time how many bytes were read since the writer was opened.
  public var progress: (@Sendable (UInt64) -> Void)?

  public init(now: @escaping @Sendable () -> Timestamp) { self.now = now }
}
