import ArgumentParser
import BuktiConsole
import BuktiFormat
import BuktiStore
import BuktiVerifier

struct CatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cat",
    abstract:
      "Writes an item, or a range of it, to standard output; every byte proven by the last seal.",
    usage: "bukti cat <bundle> <item> [--range <offset:length>] [<options>]",
    discussion: """
      Reads only the records concerned, in kilobytes, however large the bundle is. ITEM is '#ID' or ID, a \
      name, or SESSION:NAME where one name occurs often, sessions counted from 1. Ranges that were not read from the source come as zeros, \
      are named on standard error, and the exit code is 3.

        bukti cat case.bukti disk.img --range 1048576:4096 | xxd
        bukti cat case.bukti 2:auth.log --pin FINGERPRINT
      """)

  @Argument(help: "The bundle.")
  var bundle: RawPath

  @Argument(help: "The item: #ID, NAME or SESSION:NAME.")
  var item: RawPath

  @Option(
    help: ArgumentHelp("Only so many bytes from an offset.", valueName: "offset:length"))
  var range: ByteRange?

  @OptionGroup(title: "Whom you trust") var trust: TrustOptions
  @OptionGroup(title: "Volumes") var volumes: VolumeOptions

  struct ByteRange: ExpressibleByArgument {
    let offset: UInt64
    let length: UInt64

    init?(argument: String) {
      let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, let offset = UInt64(parts[0]), let length = UInt64(parts[1]),
        offset < Limits.integer, length < Limits.integer
      else { return nil }
      self.offset = offset
      self.length = length
    }
  }

  mutating func run() throws {
    let reader = try OpenBundle.reader(bundle, volumes, trust)
    OpenBundle.noteSigners(reader)
    let entry = try OpenBundle.find(item, in: reader, bundle)
    if let kind = entry.kind, kind != .stream, !ItemKind.ofFiles.contains(kind) {
      throw BuktiError(.usage, "\(item.text) has no bytes: it is a \(kind).")
    }
    let source = try reader.open(entry)
    let start = min(range?.offset ?? 0, source.size)
    let end = start + min(range?.length ?? source.size, source.size - start)
    Interrupt.watch()
    let gaps = try source.read(start..<end, isCancelled: { Interrupt.isRequested }) {
      (piece) throws(BuktiError) in try StandardStream.output.write(piece)
    }
    for gap in gaps {
      Console.note(
        "Not read from the source, zeros here: bytes \(gap.lowerBound) to \(gap.upperBound - 1).")
    }
    if let state = source.item?.state, state == .notAcquired || state == .aborted {
      Console.note("Not all of it was taken: \(state), \(printable(source.item?.reason ?? "")).")
      throw ExitCode(3)
    }
    if !gaps.isEmpty { throw ExitCode(3) }
  }
}
