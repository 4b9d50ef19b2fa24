import Glibc

/// Measures how fast something is, and prints one line of JSON for each result.
///
/// It counts the time of the core, not of the clock: who else runs beside it matters less.
struct Stopwatch {
  /// Each repetition takes at least so many seconds.
  let least: Double
  let repetitions: Int

  /// Prints the median over the repetitions.
  ///
  /// - Parameter work: does some of it, and returns how much: bytes or operations.
  func rate(_ name: String, _ unit: Unit, _ work: () throws -> Int) rethrows {
    _ = try work()
    var seconds: [Double] = []
    for _ in 0..<repetitions {
      let start = coreSeconds()
      var done = 0
      repeat { done += try work() } while coreSeconds() - start < least
      seconds.append((coreSeconds() - start) / Double(max(done, 1)))
    }
    let median = seconds.sorted()[seconds.count / 2]
    report(name, unit, unit == .megabytes ? 1e-6 / median : median * 1e9)
  }
}

/// Seconds that this process has had a core.
func coreSeconds() -> Double {
  var time = timespec()
  unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// What a result counts.
enum Unit: String {
  case megabytes = "MB/s"
  case nanoseconds = "ns"
  case ratio = "ratio"
}

/// Prints a line that programs read.
func report(_ name: String, _ unit: Unit, _ value: Double) {
  print(#"{"name": "\#(name)", "unit": "\#(unit.rawValue)", "value": \#(value)}"#)
  fflush(nil)
}

/// Ends the program where what was to be measured does not work.
func fail(_ message: String) -> Never {
  print("bukti-bench: \(message)")
  exit(1)
}

/// Keeps the optimiser from leaving out what nobody looks at.
@inline(never)
func use<T>(_ value: T) { _ = value }
