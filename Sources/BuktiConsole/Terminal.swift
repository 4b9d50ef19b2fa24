public import BuktiFormat
internal import BuktiStore
internal import CBuktiConsole
internal import CBuktiSystem
internal import Glibc

/// What the command needs to know of the terminal it runs in.
public enum Terminal {
  /// Whether the descriptor is a terminal.
  public static func isTerminal(_ descriptor: Int32) -> Bool { bukti_is_terminal(descriptor) == 1 }

  /// Columns of the terminal behind the descriptor; nil if it is none or does not know.
  public static func columns(of descriptor: Int32) -> Int? {
    let columns = bukti_terminal_columns(descriptor)
    return columns > 0 ? Int(columns) : nil
  }

  /// Columns to write in: those of the terminal behind the descriptor, else those that `COLUMNS` says, else 80.
  public static func width(of descriptor: Int32) -> Int {
    let said = variable("COLUMNS").flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    return columns(of: descriptor) ?? said ?? 80
  }

  /// Whether colour may go to the descriptor: to a terminal that knows it, unless `NO_COLOR` is set (no-color.org).
  public static func takesColour(_ descriptor: Int32) -> Bool {
    isTerminal(descriptor) && (variable("NO_COLOR") ?? "").isEmpty && variable("TERM") != "dumb"
  }

  private static func variable(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
  }
}

/// Passwords and PINs, from where an operator may put them. Wipe them after use.
public enum Password {
  /// Longest password, in bytes.
  public static let maximumCount = 4096

  /// Asks at the terminal of the process, with the echo off.
  /// - Throws: `io` if there is no terminal, or no line came; `interrupted`.
  public static func ask(_ prompt: String) throws(BuktiError) -> [UInt8] {
    try ask(prompt, terminal: Array("/dev/tty".utf8))
  }

  static func ask(_ prompt: String, terminal: [UInt8]) throws(BuktiError) -> [UInt8] {
    let path = try cPath(terminal)
    let words = try cPath(Array(prompt.utf8) + [UInt8(ascii: " ")])
    return unsafe try read { buffer in
      unsafe bukti_read_password(path, words, buffer.baseAddress, buffer.count)
    }
  }

  /// Reads the first line of a descriptor, byte by byte, so that what follows stays in it.
  /// - Throws: `io`.
  public static func firstLine(of descriptor: Int32) throws(BuktiError) -> [UInt8] {
    var password = unsafe try read { buffer in
      var count = 0
      while true {
        var byte: UInt8 = 0
        let result = unsafe bukti_read(descriptor, &byte, 1)
        if result < 0 { return result }
        if result == 0 || byte == UInt8(ascii: "\n") { return Int64(count) }
        if count == buffer.count { return -Int64(E2BIG) }
        unsafe buffer[count] = byte
        count += 1
      }
    }
    if password.last == UInt8(ascii: "\r") { password.removeLast() }
    return password
  }

  /// Reads the first line of a file.
  /// - Throws: `not-found`, `name-refused`, `io`.
  public static func firstLine(ofFileAt path: [UInt8]) throws(BuktiError) -> [UInt8] {
    let name = try cPath(path)
    let file = unsafe try check(bukti_open_stream(name), "open", path)
    defer { _ = bukti_close(file) }
    return try firstLine(of: file)
  }

  /// Overwrites a password with zeros.
  public static func wipe(_ password: inout [UInt8]) {
    unsafe password.withUnsafeMutableBytes { unsafe bukti_wipe($0.baseAddress, $0.count) }
  }

  private static func read(
    _ fill: (UnsafeMutableBufferPointer<UInt8>) -> Int64
  ) throws(BuktiError) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: maximumCount)
    defer { wipe(&buffer) }
    let count = unsafe buffer.withUnsafeMutableBufferPointer { unsafe fill($0) }
    if count == -Int64(E2BIG) {
      throw BuktiError(.io, "the password is longer than 4096 bytes", errno: E2BIG)
    }
    if count == -Int64(EINTR) { throw BuktiError(.interrupted, "read password: interrupted") }
    return Array(buffer.prefix(Int(try check(count, "read password"))))
  }
}
