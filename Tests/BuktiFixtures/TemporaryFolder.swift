import BuktiFormat
import BuktiStore
import Glibc

/// A fresh directory, removed with everything in it when the value goes away.
public final class TemporaryFolder: Sendable {
  public let path: [UInt8]

  public init() {
    var template = Array("/tmp/bukti-test-XXXXXX".utf8CString)
    let made = unsafe template.withUnsafeMutableBufferPointer { buffer in
      unsafe buffer.baseAddress.map { unsafe mkdtemp($0) != nil } ?? false
    }
    precondition(made, "no temporary directory")
    path = template.dropLast().map { UInt8(bitPattern: $0) }
  }

  deinit { shell("chmod -R u+rwx -- '\(text)'; rm -rf -- '\(text)'") }

  public var text: String { String(decoding: path, as: UTF8.self) }

  /// The path of `name` in here.
  public func file(_ name: String) -> [UInt8] { path + Array(("/" + name).utf8) }

  /// Makes a file with these bytes.
  public func write(_ name: String, _ bytes: [UInt8]) throws {
    try FileStorage.create(at: file(name)).append(bytes)
  }

  public func makeFolder(_ name: String) throws {
    guard shell("mkdir '\(text)/\(name)'") else { throw BuktiError(.io) }
  }
}

/// Runs a line of shell and tells whether it succeeded.
@discardableResult
public func shell(_ line: String) -> Bool {
  unsafe system(line) == 0
}
