import ArgumentParser
import BuktiConsole
import BuktiFormat
import BuktiStore
import BuktiVerifier
import BuktiWriter

/// What was sealed and what was not, in words and as an exit code.
struct AcquisitionOutcome {
  let bundle: RawPath
  let reports: [AcquisitionReport]
  let receipt: SealReceipt
  let map: MapFile

  /// Prints, and throws the exit code where it is not 0.
  func tell() throws {
    let items = reports.reduce(0) { $0 + $1.items }
    let bytes = reports.reduce(0) { $0 + $1.bytes }
    let excluded = reports.reduce(0) { $0 + $1.excluded }
    let problems = reports.reduce(0) { $0 + $1.problemCount }
    try Console.print(
      """
      Sealed \(items) item\(items == 1 ? "" : "s"), \(Bytes.text(bytes)), in \(bundle.text).
      Seal \(receipt.record), root \(receipt.root.hex)
      Keep a receipt elsewhere: bukti receipt \(bundle.text) --to FILE
      """)
    if excluded > 0 {
      try Console.print("Left out by your patterns, and recorded so: \(excluded).")
    }
    if problems > 0 { tellProblems(problems) }
    try map.write()
    if Interrupt.isRequested {
      Console.error(
        "interrupted; what was read until then is sealed. bukti append \(bundle.text) SOURCE adds the rest."
      )
      throw ExitCode(130)
    }
    if problems > 0 || excluded > 0 { throw ExitCode(3) }
  }

  private func tellProblems(_ count: UInt64) {
    Console.error("\(count) item\(count == 1 ? " is" : "s are") not complete, and recorded so:")
    let shown = reports.flatMap(\.problems).prefix(20)
    for problem in shown {
      Console.note(
        "  #\(problem.item) \(printable(problem.name)): \(problem.state), \(problem.reason)")
      for line in LostText.lines(problem.lost) { Console.note("    " + line) }
    }
    if count > UInt64(shown.count) {
      Console.note(
        "  and \(count - UInt64(shown.count)) more; bukti list \(bundle.text) --long shows all.")
    }
  }
}
