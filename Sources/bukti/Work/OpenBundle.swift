import BuktiFormat
import BuktiStore
import BuktiTrust
import BuktiVerifier

/// A bundle opened from its end: what its last seal covers, in kilobytes and without reading the rest.
enum OpenBundle {
  /// - Throws: `seal-none` where no seal proves its records; the refusals of what is no bundle.
  static func reader(
    _ path: RawPath, _ volumes: VolumeOptions, _ trust: TrustOptions? = nil
  ) throws(BuktiError) -> BundleReader {
    let storages = try volumes.open(path)
    let options = try trust?.verificationOptions()
    do throws(BuktiError) {
      return try BundleReader(
        storages, roots: options?.roots ?? [], pins: options?.pins ?? [], at: options?.time ?? 0)
    } catch {
      guard error.code == .sealNone else { throw error }

      throw BuktiError(
        .sealNone,
        "\(path.text) holds no seal that its own records prove; bukti verify \(path.text) says more."
      )
    }
  }

  /// The one item that an operator asks for.
  ///
  /// - Throws: `not-found`; `name-ambiguous` with the candidates.
  static func find(
    _ item: RawPath, in reader: BundleReader, _ path: RawPath
  ) throws(BuktiError) -> ItemEntry {
    do throws(BuktiError) { return try reader.find(ItemSelector(item.bytes)) } catch {
      switch error.code {
      case .notFound:
        throw BuktiError(
          .notFound,
          "The last seal of \(path.text) covers no item \(item.text); bukti list \(path.text) shows all."
        )
      case .nameAmbiguous: throw BuktiError(.nameAmbiguous, "\(item.text): \(error.message)")
      default: throw error
      }
    }
  }

  /// Says what follows the last seal, where something does: nobody answers for it.
  static func noteUnsealed(_ reader: BundleReader, _ path: RawPath) {
    let end = reader.index.end.sealRecord.end
    let rest = reader.index.reader.volumes.end - end
    guard rest > 0 else { return }
    Console.note(
      "\(rest) bytes follow the last seal of \(path.text) and are not shown; bukti verify says what they are."
    )
  }

  /// Says whether somebody trusted signed the seal that proves what is shown.
  static func noteSigners(_ reader: BundleReader) {
    let signers = reader.signatures.flatMap(\.signers)
    if signers.contains(where: \.isAccepted) { return }
    let seal = reader.index.end.sealRecord.core.number
    Console.note(
      """
      Proven by seal \(seal), whose signer is not established: give --pin FINGERPRINT or --roots FILE.
      """)
  }
}
