import ArgumentParser
import BuktiFormat
import BuktiStore
import BuktiTrust
import BuktiVerifier

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Says where two copies of one bundle part, what each has alone, and who sealed it.",
    usage: "bukti compare <first> <second> [<options>]",
    discussion: """
      Both are read from their last seals, in kilobytes: what those cover is proven, that a copy is whole \
      is for bukti verify to say. Ends with 0 where one copy extends the other or says that it is a branch, \
      and with 1 where they part and neither says so.

        bukti compare ours.bukti theirs.bukti --pin FINGERPRINT
        bukti compare ours.bukti theirs.bukti --json
      """)

  @Argument(help: "A bundle.")
  var first: RawPath

  @Argument(help: "The copy to hold it against.")
  var second: RawPath

  @Flag(help: "In JSON.")
  var json = false

  @OptionGroup(title: "Whom you trust") var trust: TrustOptions
  @OptionGroup(title: "Volumes") var volumes: VolumeOptions

  mutating func run() throws {
    let one = try OpenBundle.reader(first, volumes, trust)
    let other = try OpenBundle.reader(second, volumes, trust)
    OpenBundle.noteUnsealed(one, first)
    OpenBundle.noteUnsealed(other, second)
    for reader in [one, other] { OpenBundle.noteSigners(reader) }
    let text = ComparisonText(try BundleComparison(one, other), first.text, second.text)
    if json { try Console.write(text.json.text) } else { try Console.print(text.text) }
    if text.comparison.relation == .fork { throw ExitCode(1) }
  }
}
