import BuktiFormat
import BuktiWriter

/// The commands that go on with work that stopped, to be pasted into a shell: they repeat what was given and would be
/// lost without a word otherwise.
struct NextCommand {
  let bundle: RawPath
  /// Places of volumes.
  let volumes: [RawPath]
  let options: SourceOptions

  /// Takes what was not read.
  func adding(_ sources: [RawPath]) -> String {
    let paths = sources.map(\.shellText).joined(separator: " ")
    var flags: [String] = []
    if let name = options.name { flags.append("--name \(name.shellText)") }
    if let kind = options.kind { flags.append("--kind \(kind)") }
    flags += options.exclude.map { "--exclude \($0.shellText)" }
    flags += options.digest.map { "--digest \($0)" }
    return line("bukti append \(bundle.shellText) \(paths)", flags + repeated)
  }

  /// Goes on with an item that is suspended.
  func resuming(_ suspension: Suspension) -> String {
    let item = suspension.item
    // A stream does not come again.
    if item.kind == .stream {
      return line("bukti append --abandon \(item.id) \(bundle.shellText)", [])
    }
    let source = suspension.source?.shellText ?? "SOURCE"
    var flags: [String] = suspension.isOnly ? [] : ["--item \(item.id)"]
    if suspension.source != nil {
      if let name = options.name { flags.append("--name \(name.shellText)") }
      flags += repeated
    } else if item.source?.map != nil {
      flags.append("--map MAP")
    }
    return line("bukti append --resume \(bundle.shellText) \(source)", flags)
  }

  /// What shapes one source, whether it is read anew or gone on with.
  private var repeated: [String] {
    var flags: [String] = []
    if let exhibit = options.exhibit {
      flags.append("--exhibit \(RawPath(bytes: Array(exhibit.utf8)).shellText)")
    }
    return flags + options.reading.repeated
  }

  private func line(_ command: String, _ flags: [String]) -> String {
    ([command] + volumes.map { "--volume \($0.shellText)" } + flags).joined(separator: " ")
  }
}

extension ReadingOptions {
  fileprivate var repeated: [String] {
    var flags: [String] = []
    if live { flags.append("--live") }
    if retries != 2 { flags.append("--retries \(retries)") }
    if skipAfter != 0 { flags.append("--skip-after \(skipAfter)") }
    if let map { flags.append("--map \(map.shellText)") }
    if let writeMap { flags.append("--write-map \(writeMap.shellText)") }
    return flags
  }
}
