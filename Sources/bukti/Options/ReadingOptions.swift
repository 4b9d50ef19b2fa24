import ArgumentParser

/// How devices and failing media are read.
struct ReadingOptions: ParsableArguments {
  @Flag(help: "Read a device although it is mounted read-write, or used as swap; recorded.")
  var live = false

  @Option(
    help: ArgumentHelp("Try an unreadable sector so many times more.", valueName: "count"))
  var retries = 2

  @Option(
    help: ArgumentHelp(
      """
      After so many unreadable sectors in a row skip ahead, and come back to them from the other side; \
      0 tries every sector.
      """, valueName: "count"))
  var skipAfter = 0

  @Option(
    help: ArgumentHelp(
      "Map of the image that ddrescue made: what it did not read becomes gaps.", valueName: "file"))
  var map: RawPath?

  @Option(
    help: ArgumentHelp(
      "Write what was read and what was not as a map for ddrescue.", valueName: "file"))
  var writeMap: RawPath?

  func validate() throws {
    guard 0...1000 ~= retries else { throw ValidationError("--retries is 0 to 1000.") }
    guard 0...1_000_000 ~= skipAfter else {
      throw ValidationError("--skip-after is 0 to 1000000 sectors.")
    }
    guard map == nil || writeMap == nil else {
      throw ValidationError("--write-map does not go with --map: the map is there already.")
    }
  }

  /// The flags that shape what is taken, for the session record.
  var recorded: [String] {
    var flags: [String] = []
    if live { flags.append("--live") }
    if retries != 2 { flags.append("--retries \(retries)") }
    if skipAfter != 0 { flags.append("--skip-after \(skipAfter)") }
    if let map { flags.append("--map \(String(decoding: map.bytes, as: UTF8.self))") }
    return flags
  }
}
