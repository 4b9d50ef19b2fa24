import BuktiFormat
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
