import Glibc

/// A folder of its own for one test, removed at its end, and a shell in it.
final class Shell {
  let folder: String

  init() throws {
    var template = Array("/tmp/bukti-trust-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw ShellError(words: "mkdtemp") }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    _ = unsafe system("rm -rf '\(folder)'")
  }

  /// Runs one command line; whether it ended with 0.
  func succeeds(_ line: String) -> Bool {
    unsafe system("cd '\(folder)' && (\(line)) >log 2>&1") == 0
  }

  func run(_ line: String) throws {
    guard succeeds(line) else {
      throw ShellError(words: line + "\n" + String(decoding: try read("log"), as: UTF8.self))
    }
  }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    guard let file = unsafe fopen(folder + "/" + name, "w") else { throw ShellError(words: name) }
    let count = unsafe fwrite(bytes, 1, bytes.count, file)
    guard unsafe fclose(file) == 0, count == bytes.count else { throw ShellError(words: name) }
  }

  func read(_ name: String) throws -> [UInt8] {
    guard let file = unsafe fopen(folder + "/" + name, "r") else { throw ShellError(words: name) }
    defer { unsafe fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = unsafe fread(&bytes, 1, bytes.count, file)
    return Array(bytes.prefix(count))
  }
}

struct ShellError: Error {
  let words: String
}
