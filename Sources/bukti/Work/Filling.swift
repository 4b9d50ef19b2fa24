import BuktiFormat
import BuktiTrust
import BuktiVerifier
import BuktiWriter

/// Puts evidence into an open bundle and seals it, also when the work stops in the middle.
struct Filling {
  let bundle: RawPath
  let acquisition: Acquisition
  /// Nil where they are elsewhere: all is written then but the seal.
  let keys: OpeningKeys?
  let progress: Progress

  /// - Parameter work: adds the evidence, with a report for each source that it is done with.
  func run(
    _ writer: consuming BundleWriter,
    _ work: (inout BundleWriter, inout [AcquisitionReport]) throws(BuktiError) -> Void
  ) throws(BuktiError) -> AcquisitionOutcome {
    defer { progress.clear() }
    var reports: [AcquisitionReport] = []
    var failure: BuktiError?
    do throws(BuktiError) { try work(&writer, &reports) } catch { failure = error }
    // Without them there is no bundle, whatever became of the work.
    let keys = try keys?.wait()
    // What was written can be sealed, unless writing itself failed: room was set aside for that.
    if let failure, Self.isFatal(failure) { throw Acquisition.unsealed(bundle, failure) }
    let outcome: AcquisitionOutcome
    do throws(BuktiError) {
      outcome = try sealed(writer, keys, reports)
    } catch {
      // Where the storage failed before, that is why.
      throw Acquisition.unsealed(bundle, error.code == .dead ? failure ?? error : error)
    }
    if let failure { throw stopped(failure, outcome) }
    return outcome
  }

  /// Whether nothing can be sealed after it.
  static func isFatal(_ error: BuktiError) -> Bool {
    [.dead, .damaged, .cryptoEngine].contains(error.code)
  }

  private func sealed(
    _ writer: consuming BundleWriter, _ keys: [SigningKey]?, _ reports: [AcquisitionReport]
  ) throws(BuktiError) -> AcquisitionOutcome {
    let receipt: SealReceipt
    if let keys {
      receipt = try writer.seal(keys)
    } else {
      receipt = try writer.requestSignatures()
    }
    let suspended = writer.openItems
    try writer.finish()
    return AcquisitionOutcome(
      bundle: bundle, reports: reports, receipt: receipt, isSealed: keys != nil,
      map: acquisition.map, suspended: suspended.map { Suspension($0, acquisition) },
      rest: acquisition.rest(after: reports, suspended: suspended))
  }

  /// The error of work that stopped, and was sealed all the same.
  private func stopped(_ error: BuktiError, _ outcome: AcquisitionOutcome) -> BuktiError {
    var text = error.message
    if error.code == .diskFull {
      text = "There is no room left for \(bundle.text): \(error.message)"
    }
    if text.last != "." { text += "." }
    text +=
      outcome.isSealed
      ? " What was written is sealed (seal \(outcome.receipt.record))."
      : " What was written waits for its signature: bukti sign-request \(bundle.text)."
    if error.code == .diskFull {
      text += " Make room, or give --next-volume FOLDER to go on on another disk:"
    }
    text += "\n" + (outcome.hint.isEmpty ? "  bukti append \(bundle.text) SOURCE" : outcome.hint)
    return BuktiError(error.code, text, errno: error.errno)
  }
}

/// An item that stays suspended, and what goes on with it.
struct Suspension {
  let item: SuspendedItem
  /// As the operator would write it.
  let source: String?

  init(_ item: SuspendedItem, _ acquisition: Acquisition? = nil) {
    self.item = item
    source = item.name.flatMap { name in acquisition?.path(of: name)?.text }
  }

  var text: String {
    let name = item.name.map { " \(printable($0))" } ?? ""
    let size = item.expectedSize.map { " of \(Bytes.text($0))" } ?? ""
    return "#\(item.id)\(name), suspended at \(Bytes.text(item.size))\(size)"
  }

  /// The command that goes on.
  func command(_ bundle: RawPath) -> String {
    // A stream does not come again.
    if item.kind == .stream { return "bukti append --abandon \(item.id) \(bundle.text)" }
    return "bukti append --resume \(bundle.text) \(source ?? "SOURCE")"
  }
}
