internal import CBuktiConsole

/// The time zone of the process, which the environment says.
public enum LocalZone {
  /// Seconds east of Greenwich at an instant, in seconds since 1970-01-01 UTC; nil for years without end.
  public static func offset(at seconds: Int64) -> Int64? {
    var offset: Int32 = 0
    return unsafe bukti_utc_offset(seconds, &offset) == 0 ? Int64(offset) : nil
  }
}
