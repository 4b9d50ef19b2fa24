internal import CBuktiConsole

/// How many files the process may have open.
public enum OpenFiles {
  /// As many as the system lets it: a bundle can have thousands of volumes.
  public static func allowMany() { _ = bukti_raise_file_limit() }
}
