public import BuktiFormat
internal import CBuktiSystem

/// What the machine's clock says, and how much the kernel trusts it.
public struct ClockReading: Sendable, Equatable {
  public let instant: FileTime
  /// Whether a time service keeps the kernel's clock right, by the kernel's own account.
  public let isSynchronised: Bool
  /// The kernel's bound of the error, in microseconds; nil if it does not say.
  public let maximumError: UInt64?

  public init(
    instant: FileTime, isSynchronised: Bool, maximumError: UInt64?
  ) {
    self.instant = instant
    self.isSynchronised = isSynchronised
    self.maximumError = maximumError
  }
}

/// The clock of the machine.
public struct SystemClock: Sendable {
  public init() {}

  /// Returns the time of now.
  /// - Throws: `io`.
  public func now() throws(BuktiError) -> ClockReading {
    var clock = bukti_clock()
    try unsafe check(bukti_clock_now(&clock), "clock")
    return ClockReading(
      instant: FileTime(clock.now), isSynchronised: clock.is_synchronised != 0,
      maximumError: UInt64(exactly: clock.maximum_error))
  }

  /// Nanoseconds on a clock that nobody sets, for durations.
  public var monotonic: UInt64 { UInt64(max(0, bukti_monotonic())) }
}

/// The processors that this process may run on.
public enum Processors {
  /// How many they are, at least 1.
  public static var count: Int { max(1, Int(bukti_processors())) }
}

/// The machine and its system, as `uname` tells.
public struct Host: Sendable, Equatable {
  public let name: String
  /// As in `Linux`.
  public let system: String
  public let release: String
  public let version: String
  /// As in `x86_64`.
  public let machine: String

  /// Returns those of this machine; bytes that are not UTF-8 are replaced.
  /// - Throws: `io`.
  public static func current() throws(BuktiError) -> Host {
    var host = bukti_host()
    try unsafe check(bukti_host_of(&host), "uname")
    return Host(
      name: text(&host.name), system: text(&host.system), release: text(&host.release),
      version: text(&host.version), machine: text(&host.machine))
  }

  private static func text<T>(_ field: inout T) -> String {
    unsafe withUnsafeBytes(of: &field) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
