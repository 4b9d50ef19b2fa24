internal import CBuktiSystem

/// ^C as a question that long work asks between its steps; for commands, never for the libraries.
public enum Interrupt {
  /// Turns the first SIGINT or SIGTERM into a flag; a second one ends the process at once.
  public static func watch() { _ = bukti_watch_interrupt() }

  /// Whether somebody asked to stop.
  public static var isRequested: Bool { bukti_interrupted() != 0 }
}
