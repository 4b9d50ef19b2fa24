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
  /// Places of volumes that were given, and have to be given again.
  var volumes: [RawPath] = []
  /// The item of an earlier session that is gone on with.
  var resumed: UInt64?

  /// - Parameter work: adds the evidence, with a report for each source that it is done with.
  func run(
    _ writer: consuming BundleWriter,
    _ work: (inout BundleWriter, inout [AcquisitionReport]) throws(BuktiError) -> Void
  ) throws(BuktiError) -> AcquisitionOutcome {
    defer { progress.clear() }
    let before = Set(writer.openItems.map(\.id)).subtracting(resumed.map { [$0] } ?? [])
    var reports: [AcquisitionReport] = []
    var failure: BuktiError?
    do throws(BuktiError) { try work(&writer, &reports) } catch { failure = error }
    // Without them there is no bundle, whatever became of the work.
    let keys = try keys?.wait()
    // What was written can be sealed, unless writing itself failed: room was set aside for that.
    if let failure, Self.isFatal(failure) { throw Acquisition.unsealed(bundle, failure) }
    let outcome: AcquisitionOutcome
    do throws(BuktiError) {
      outcome = try sealed(writer, keys, reports, before)
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

  /// - Parameter before: the items that earlier sessions left open and this one does not go on with.
  private func sealed(
    _ writer: consuming BundleWriter, _ keys: [SigningKey]?, _ reports: [AcquisitionReport],
    _ before: Set<UInt64>
  ) throws(BuktiError) -> AcquisitionOutcome {
    let receipt: SealReceipt
    if let keys {
      receipt = try writer.seal(keys)
    } else {
      receipt = try writer.requestSignatures()
    }
    let open = writer.openItems
    try writer.finish()
    let suspended = open.map { item in
      let isOwn = !before.contains(item.id)
      let path = isOwn ? acquisition.path(of: item, after: reports, resumed: resumed) : nil
      return Suspension(item, from: path, isOnly: open.count == 1)
    }
    return AcquisitionOutcome(
      bundle: bundle, reports: reports, receipt: receipt, isSealed: keys != nil,
      map: acquisition.map, suspended: suspended,
      rest: acquisition.rest(
        after: reports, isResumable: suspended.contains { $0.source != nil }),
      next: NextCommand(bundle: bundle, volumes: volumes, options: acquisition.options))
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
      : " What was written waits for its signature: bukti sign-request \(bundle.shellText)."
    if error.code == .diskFull {
      text += " Make room, or give --next-volume FOLDER to go on on another disk:"
    }
    text += "\n"
    text += outcome.hint.isEmpty ? "  bukti append \(bundle.shellText) SOURCE" : outcome.hint
    return BuktiError(error.code, text, errno: error.errno)
  }
}

/// An item that stays suspended, and what it comes from.
struct Suspension {
  let item: SuspendedItem
  /// Nil where this session does not know it.
  let source: RawPath?
  /// Whether no other item is suspended, so that it need not be named.
  let isOnly: Bool

  init(_ item: SuspendedItem, from source: RawPath? = nil, isOnly: Bool = false) {
    self.item = item
    self.source = source
    self.isOnly = isOnly
  }

  var text: String {
    let name = item.name.map { " \(printable($0))" } ?? ""
    let size = item.expectedSize.map { " of \(Bytes.text($0))" } ?? ""
    return "#\(item.id)\(name), suspended at \(Bytes.text(item.size))\(size)"
  }
}
