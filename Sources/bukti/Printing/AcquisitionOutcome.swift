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
  /// Whether the seal is there; else it waits for signatures from elsewhere.
  let isSealed: Bool
  let map: MapFile
  /// Items that are begun and not whole.
  let suspended: [Suspension]
  /// Sources that were not read to their end and are not suspended either, or not begun at all.
  let rest: [RawPath]
  let next: NextCommand

  /// Prints, and throws the exit code where it is not 0.
  func tell() throws {
    // Before anything is printed: hours of reading are in it, and whoever reads the words may be gone.
    let unwritten = map.write()
    let items = reports.reduce(0) { $0 + $1.items - $1.excluded }
    let bytes = reports.reduce(0) { $0 + $1.bytes }
    let excluded = reports.reduce(0) { $0 + $1.excluded }
    let problems = reports.reduce(0) { $0 + $1.problemCount }
    let taken = "\(items) item\(items == 1 ? "" : "s"), \(Bytes.text(bytes)), in \(bundle.text)"
    if isSealed {
      try Console.print(
        """
        Sealed \(taken).
        Seal \(receipt.record), root \(receipt.root.hex)
        Keep a receipt elsewhere: bukti receipt \(bundle.shellText) --to FILE
        """)
    } else {
      try Console.print(
        """
        Taken, not sealed: \(taken).
        To be signed: \(receipt.record) records, root \(receipt.root.hex)
        Nobody answers for it until it is: bukti sign-request \(bundle.shellText) --to checkpoint.txt
        """)
    }
    if excluded > 0 {
      try Console.print("Left out by your patterns, and recorded so: \(excluded).")
    }
    if !receipt.isReadBack {
      Console.note(
        "Not all of it was read again: that was given up. \(isSealed ? "The seal stands." : "")")
    }
    if problems > 0 { tellProblems(problems) }
    if let unwritten { throw unwritten }
    if Interrupt.isRequested {
      let state = isSealed ? "sealed" : "kept, unsealed"
      let next =
        hint.isEmpty
        ? "bukti append \(bundle.shellText) SOURCE adds the rest." : "To go on:\n\(hint)"
      Console.error("interrupted; what was read until then is \(state). \(next)")
      throw ExitCode(130)
    }
    if !hint.isEmpty { Console.note("Not whole yet; to go on:\n\(hint)") }
    if problems > 0 || excluded > 0 { throw ExitCode(3) }
  }

  /// How to go on with what is suspended and what was not read; empty where there is nothing.
  var hint: String {
    var lines = suspended.map { "  \($0.text):\n    \(next.resuming($0))" }
    if !rest.isEmpty {
      let head = lines.isEmpty ? "  " : "  not read, or not to the end:\n    "
      lines.append(head + next.adding(rest))
    }
    return lines.joined(separator: "\n")
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
        "  and \(count - UInt64(shown.count)) more; bukti list \(bundle.shellText) --long shows all."
      )
    }
  }
}
