import BuktiFormat
import BuktiStore
import Glibc

/// A fresh directory, removed with everything in it when the value goes away.
final class TemporaryFolder: Sendable {
  let path: [UInt8]

  init() {
    var template = Array("/tmp/bukti-test-XXXXXX".utf8CString)
    let made = unsafe template.withUnsafeMutableBufferPointer { buffer in
      unsafe buffer.baseAddress.map { unsafe mkdtemp($0) != nil } ?? false
    }
    precondition(made, "no temporary directory")
    path = template.dropLast().map { UInt8(bitPattern: $0) }
  }

  deinit { shell("rm -rf -- '\(text)'") }

  var text: String { String(decoding: path, as: UTF8.self) }

  /// The path of `name` in here.
  func file(_ name: String) -> [UInt8] { path + Array(("/" + name).utf8) }

  /// Makes a file with these bytes.
  func write(_ name: String, _ bytes: [UInt8]) throws {
    try FileStorage.create(at: file(name)).append(bytes)
  }

  func makeFolder(_ name: String) throws {
    guard shell("mkdir '\(text)/\(name)'") else { throw BuktiError(.io) }
  }
}

/// Runs a line of shell and tells whether it succeeded.
@discardableResult
func shell(_ line: String) -> Bool {
  unsafe system(line) == 0
}

/// The code of the error that `body` throws, or nil.
func code(_ body: () throws -> Void) -> ErrorCode? {
  do {
    try body()
    return nil
  } catch { return (error as? BuktiError)?.code }
}

/// The bytes of a file, read without the code under test.
func contents(_ path: [UInt8]) -> [UInt8]? {
  guard let file = unsafe fopen(String(decoding: path, as: UTF8.self), "r") else { return nil }
  defer { unsafe fclose(file) }
  var bytes: [UInt8] = []
  while true {
    let byte = unsafe fgetc(file)
    if byte < 0 { return bytes }
    bytes.append(UInt8(truncatingIfNeeded: byte))
  }
}
