import ArgumentParser
import BuktiFormat
import BuktiStore
import BuktiWriter

/// What is taken, and how.
struct SourceOptions: ParsableArguments {
  @Option(help: "Name of the item, for a single source or a stream; the source's own if left out.")
  var name: RawPath?

  @Option(
    help: ArgumentHelp(
      "Kind of single files; streams are of kind stream.", valueName: "kind"
    ))
  var kind: ItemKind?

  @Option(help: "Exhibit number of what is taken.")
  var exhibit: String?

  @Option(
    help: ArgumentHelp(
      "Leave out what matches, such as '*.tmp'; recorded as left out. May be repeated.",
      valueName: "pattern"))
  var exclude: [RawPath] = []

  @Option(
    help: ArgumentHelp(
      "A digest besides SHA-256: md5, sha1 or sha512. May be repeated.", valueName: "name"))
  var digest: [FurtherDigest] = []

  @Option(help: "How hard to compress: none, fast or best.")
  var compress: Compression = .fast

  @OptionGroup(title: "Devices and failing media") var reading: ReadingOptions

  @Flag(help: "Read all of it again after it was written, before it is called sealed.")
  var readBack = false

  @Option(
    help: ArgumentHelp(
      "Threads that compress and hash; as many as there are processors if left out.",
      valueName: "n"))
  var jobs: Int?

  @Flag(name: .shortAndLong, help: "No progress on standard error.")
  var quiet = false

  static let kinds = "file, disk, partition, memory, capture, document"

  func validate() throws {
    if let kind, !ItemKind.ofFiles.contains(kind) {
      throw ValidationError("--kind is one of \(Self.kinds).")
    }
    if let jobs, !(1...256).contains(jobs) {
      throw ValidationError("--jobs is a number from 1 to 256.")
    }
    for pattern in exclude where NamePattern(pattern.bytes) == nil {
      throw ValidationError("--exclude needs a pattern.")
    }
  }

  /// What leaves a path out, in words that follow "excluded by".
  var exclusion: @Sendable ([UInt8]) -> String? {
    let patterns = exclude.compactMap { path in
      NamePattern(path.bytes).map { ($0, String(decoding: path.bytes, as: UTF8.self)) }
    }
    return { path in
      patterns.first { $0.0.matches(path) }.map { "the pattern \($0.1)" }
    }
  }
}
