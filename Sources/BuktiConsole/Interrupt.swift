internal import CBuktiConsole

/// ^C as a question that long work asks between its steps.
public enum Interrupt {
  /// Turns the first SIGINT or SIGTERM into a flag, and the end of the terminal (SIGHUP) unless it is ignored; a
  /// second SIGINT or SIGTERM ends the process at once.
  public static func watch() { _ = bukti_watch_interrupt() }

  /// Makes a write beyond the limit of a file's size an error instead of the end of the process.
  public static func ignoreFileSizeSignal() { _ = bukti_ignore_file_size_signal() }

  /// Whether somebody asked to stop.
  public static var isRequested: Bool { bukti_interrupted() != 0 }
}
