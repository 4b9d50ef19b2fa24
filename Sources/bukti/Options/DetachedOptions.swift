import ArgumentParser
import BuktiFormat

/// A half of a hand-over that is made over a receipt, where the bundle is not at hand.
struct DetachedOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Write your half to a new file instead, without the bundle: bukti attest stores it there later. Needs \
      --receipt, and no BUNDLE.
      """, valueName: "file"))
  var detached: RawPath?

  @Option(
    help: ArgumentHelp("With --detached: the receipt of what is handed over.", valueName: "file"))
  var receipt: RawPath?

  /// Throws where bundle and options do not fit each other.
  func check(_ bundle: RawPath?) throws {
    if (detached == nil) != (receipt == nil) {
      throw ValidationError("--detached and --receipt belong together.")
    }
    if (detached == nil) == (bundle == nil) {
      throw ValidationError("Give a BUNDLE, or --detached FILE with --receipt FILE instead.")
    }
  }
}
