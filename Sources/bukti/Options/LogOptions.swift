import ArgumentParser
import BuktiFormat
import BuktiTrust

/// Which logs and witnesses the verifier knows: said by the person who verifies, never by the bundle.
struct LogOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The key of a log whose proofs are judged: one line NAME+ID+KEY. May be repeated.",
      valueName: "file"))
  var logKey: [RawPath] = []

  @Option(
    help: ArgumentHelp(
      "The key of a witness that cosigns a log and says when. May be repeated.",
      valueName: "file"))
  var witnessKey: [RawPath] = []

  /// - Throws: `log-key-invalid`, `not-found`, `io`.
  func keys() throws(BuktiError) -> LogKeys {
    var keys = LogKeys()
    for path in logKey {
      let line = try SmallFile.read(at: path)
      do throws(BuktiError) { try keys.add(log: line) } catch { throw Self.named(error, path) }
    }
    for path in witnessKey {
      let line = try SmallFile.read(at: path)
      do throws(BuktiError) { try keys.add(witness: line) } catch { throw Self.named(error, path) }
    }
    return keys
  }

  private static func named(_ error: BuktiError, _ path: RawPath) -> BuktiError {
    BuktiError(error.code, "\(path.text): \(error.message)")
  }
}
