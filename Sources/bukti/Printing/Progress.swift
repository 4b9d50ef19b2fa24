import BuktiConsole
import BuktiStore
import Synchronization

/// Bytes, rate and time left on standard error, where that is a terminal.
final class Progress: Sendable {
  private struct State {
    var lastShown: UInt64 = 0
    var isShown = false
  }

  private let verb: String
  private let total: UInt64?
  private let start = SystemClock().monotonic
  private let isActive: Bool
  private let state = Mutex(State())

  init(_ verb: String, total: UInt64?, quiet: Bool = false) {
    self.verb = verb
    self.total = total
    isActive = !quiet && Terminal.isTerminal(2)
  }

  /// Shows where the work stands, five times a second at most.
  func update(_ done: UInt64) {
    guard isActive else { return }
    let now = SystemClock().monotonic
    let isDue = state.withLock { state in
      guard now &- state.lastShown > 200_000_000 else { return false }
      state.lastShown = now
      state.isShown = true
      return true
    }
    if isDue { write("\r\u{1B}[K" + line(done, seconds: Double(now &- start) / 1e9)) }
  }

  /// Takes the line away.
  func clear() {
    if state.withLock({ $0.isShown }) { write("\r\u{1B}[K") }
  }

  private func line(_ done: UInt64, seconds: Double) -> String {
    let rate = seconds > 0 ? Double(done) / seconds : 0
    var text = "\(verb) \(Bytes.text(done))"
    if let total, total > 0 {
      text += " of \(Bytes.text(total)), \(min(100, done * 100 / total)) %"
    }
    text += ", \(Bytes.text(UInt64(rate)))/s"
    if let total, total > done, rate > 0 {
      text += ", \(Self.duration(Double(total - done) / rate)) left"
    }
    return text
  }

  private static func duration(_ seconds: Double) -> String {
    guard seconds < 360_000 else { return "days" }
    let whole = UInt64(seconds)
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole / 60 % 60) min"
  }

  private func write(_ text: String) { try? StandardStream.error.write(Array(text.utf8)) }
}

/// Sizes for people.
enum Bytes {
  /// As in `1.5 MiB`.
  static func text(_ count: UInt64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    var unit = 0
    var whole = count
    var tenths: UInt64 = 0
    while whole >= 1024, unit < units.count - 1 {
      tenths = whole % 1024 * 10 / 1024
      whole /= 1024
      unit += 1
    }
    return unit == 0 ? "\(whole) B" : "\(whole).\(tenths) \(units[unit])"
  }
}
