import ArgumentParser
import BuktiVerifier

/// A path as the bytes that the shell passed, since names of evidence need not be UTF-8.
struct RawPath: ExpressibleByArgument {
  let bytes: [UInt8]

  /// For messages only: nothing in it steers a terminal.
  var text: String { printable(bytes) }

  /// For commands that are printed to be pasted: quoted where the shell would take it apart.
  var shellText: String {
    let plain = bytes.allSatisfy { byte in
      byte >= 0x80 || "/._-+,:@%=".utf8.contains(byte)
        || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
        || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
    }
    return plain && !bytes.isEmpty ? text : "'" + text.replacing("'", with: "'\\''") + "'"
  }

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// The parser hands over repaired text; the very bytes are looked up among the process's arguments.
  init?(argument: String) {
    let candidates = Set(Self.processArguments.filter { Self.repaired($0) == argument })
    guard candidates.count <= 1 else { return nil }
    bytes = candidates.first ?? Array(argument.utf8)
  }

  /// Shells complete it as a file.
  static var defaultCompletionKind: CompletionKind { .file() }

  /// The path with something behind it, as in `case.bukti` and `.txt`.
  func appending(_ suffix: String) -> RawPath { RawPath(bytes: bytes + Array(suffix.utf8)) }

  private static func repaired(_ bytes: [UInt8]) -> String {
    String(decoding: bytes, as: UTF8.self)
  }

  /// Whole arguments and what stands behind `=` in them.
  private static let processArguments: [[UInt8]] = {
    var all: [[UInt8]] = []
    for index in 0..<Int(CommandLine.argc) {
      guard let pointer = unsafe CommandLine.unsafeArgv[index] else { continue }
      var bytes: [UInt8] = []
      var place = 0
      while unsafe pointer[place] != 0 {
        bytes.append(UInt8(bitPattern: unsafe pointer[place]))
        place += 1
      }
      all.append(bytes)
      if let equals = bytes.firstIndex(of: UInt8(ascii: "=")) {
        all.append(Array(bytes[(equals + 1)...]))
      }
    }
    return all
  }()
}
