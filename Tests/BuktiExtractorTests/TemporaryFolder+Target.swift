import BuktiFixtures
import BuktiFormat
import BuktiStore
import BuktiVerifier
import Glibc

@testable import BuktiExtractor

extension TemporaryFolder {
  /// The target of an extraction, which is made by it.
  var target: [UInt8] { path + Array("/out".utf8) }

  /// The bytes of a file beneath the target, read without the code under test; nil where there is none.
  func contents(_ name: [UInt8]) -> [UInt8]? {
    let path = target + [UInt8(ascii: "/")] + name + [0]
    let file = unsafe path.map { CChar(bitPattern: $0) }.withUnsafeBufferPointer {
      unsafe $0.baseAddress.map { unsafe open($0, O_RDONLY) } ?? -1
    }
    guard file >= 0 else { return nil }
    defer { close(file) }
    var out: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe read(file, &buffer, buffer.count)
      if count <= 0 { return count < 0 ? nil : out }
      out += buffer[..<count]
    }
  }

  func contents(_ name: String) -> [UInt8]? { contents(Array(name.utf8)) }

  /// What `lstat` says about a path beneath the target.
  func status(_ name: [UInt8]) -> stat? {
    var status = stat()
    let path = target + [UInt8(ascii: "/")] + name + [0]
    let result = unsafe path.map { CChar(bitPattern: $0) }.withUnsafeBufferPointer {
      unsafe $0.baseAddress.map { unsafe lstat($0, &status) } ?? -1
    }
    return result == 0 ? status : nil
  }

  func status(_ name: String) -> stat? { status(Array(name.utf8)) }

  /// All paths beneath this folder, the target's among them.
  func all() throws -> [[UInt8]] {
    let walker = try TreeWalker(root: path)
    var paths: [[UInt8]] = []
    while let entry = walker.next() { paths.append(entry.path) }
    return paths.filter { !$0.isEmpty }
  }

  func extract(
    _ volumes: [UInt8]..., options: ExtractionOptions = ExtractionOptions()
  ) throws(BuktiError) -> ExtractionResult {
    try Extractor(VerificationOptions(time: 0), options: options)
      .extractAll(volumes.map { MemoryStorage($0) }, to: target)
  }
}
