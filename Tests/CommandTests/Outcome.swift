/// What a user sees of a command that ended.
struct Outcome: CustomStringConvertible {
  let exit: Int
  let outputBytes: [UInt8]
  let errorBytes: [UInt8]
  private let folder: String

  init(exit: Int, outputBytes: [UInt8], errorBytes: [UInt8], folder: String) {
    self.exit = exit
    self.outputBytes = outputBytes
    self.errorBytes = errorBytes
    self.folder = folder
  }

  /// Standard output, with what differs from run to run replaced.
  var out: String { normalised(output) }
  /// Standard error, likewise.
  var err: String { normalised(String(decoding: errorBytes, as: UTF8.self)) }
  /// Standard output as it is.
  var output: String { String(decoding: outputBytes, as: UTF8.self) }

  var description: String { "exit \(exit)\n--- out\n\(output)\n--- err\n\(err)" }

  /// Whether a byte steers a terminal, on either stream, or is no UTF-8.
  var steersTerminal: Bool {
    [outputBytes, errorBytes].contains { bytes in
      guard let text = String(validating: bytes, as: UTF8.self) else { return true }
      return text.unicodeScalars.contains { scalar in
        switch scalar.value {
        case 0x0A: false
        case 0..<0x20, 0x7F...0x9F, 0x200B...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
      }
    }
  }

  private func normalised(_ text: String) -> String {
    text.replacing(folder, with: "<folder>")
      .replacing(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, with: "<uuid>")
      .replacing(/[0-9a-f]{64}/, with: "<hash>")
      .replacing(
        /[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?( ?Z| UTC)?/,
        with: "<time>")
  }
}
