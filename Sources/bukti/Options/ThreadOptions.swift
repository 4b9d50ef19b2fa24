import ArgumentParser
import BuktiStore

/// How many threads read a bundle.
struct ThreadOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Threads that decode and hash, 1 to 256; as many as there are processors if left out.",
      valueName: "n"))
  var jobs: Int?

  func validate() throws {
    if let jobs, !(1...256).contains(jobs) {
      throw ValidationError("--jobs is a number from 1 to 256.")
    }
  }

  var count: Int { jobs ?? Processors.count }
}
