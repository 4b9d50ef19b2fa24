import ArgumentParser
import BuktiConsole
import BuktiFormat
import BuktiStore
import BuktiVerifier

/// Runs a command and turns what it throws into words on standard error and an exit code.
enum Run {
  static func main(_ command: (some ParsableCommand).Type) async {
    Interrupt.ignoreFileSizeSignal()
    OpenFiles.allowMany()
    do {
      var parsed = try command.parseAsRoot()
      try parsed.run()
    } catch let error as BuktiError {
      Console.error(error.explained)
      command.exit(withError: ExitCode(error.code.exitCode))
    } catch {
      command.exit(withError: error)
    }
  }
}

extension BuktiError {
  /// The message for a person: what, where, what to do; the code at the end, to look it up.
  var explained: String {
    var text = message.isEmpty ? code.meaning : message
    if let record { text += " (record \(record)" + (offset.map { ", byte \($0))" } ?? ")") }
    return text + " [\(code.rawValue)]"
  }

  /// The message, to stand before another sentence.
  var sentence: String {
    let text = message.isEmpty ? code.meaning : message
    return text.hasSuffix(".") ? text : text + "."
  }
}

extension ErrorCode {
  /// As in `spec/registry.md`, "Errors of tools" and "Refusals"; a command meets some findings as errors, too.
  var exitCode: Int32 {
    switch self {
    case .usage, .receiptInvalid, .certificateInvalid, .signatureInvalid, .logKeyInvalid,
      .logProofInvalid, .nameAmbiguous, .closed:
      64
    case .sourceChanged: 3
    case .preambleTruncated, .preambleMagic, .preambleVersion, .proofTruncated, .proofMagic,
      .proofVersion, .proofLength, .proofTrailing:
      65
    case .notFound: 66
    case .exists, .nameRefused: 73
    case .locked: 75
    case .keyPassword, .keyInvalid: 77
    case .interrupted: 130
    case .unsealedTail, .untrustedSeal: 2
    case .io, .diskFull, .dead, .cryptoEngine: 74
    default: 1
    }
  }
}
