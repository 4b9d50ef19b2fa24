import BuktiFormat

/// How an extraction goes about it; the defaults are the careful ones.
public struct ExtractionOptions: Sendable {
  /// Whether items that no seal covers are written too, beneath `UNSEALED/`.
  public var includesUnsealed = false
  /// Whether symbolic links are made, after everything else; else each becomes a text file.
  public var makesLinks = false
  /// Whether names that differ in case or in Unicode's normalisation alone are kept apart by a suffix.
  public var separatesCaseTwins = false
  /// Whether what Windows cannot hold is escaped; separates case twins as well.
  public var escapesForWindows = false
  /// Whether the target may hold files already; none of them is ever overwritten.
  public var allowsExistingFiles = false
  /// Plain bytes in all, above which nothing is extracted.
  public var maxPlain = Limits.defaultMaxPlain
  /// Whether to begin though the sizes of all items exceed the free space, as sparse images may.
  public var ignoresFreeSpace = false

  public init() {}
}
