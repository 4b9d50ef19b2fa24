import ArgumentParser
import BuktiFormat
import BuktiStore

/// Where the volumes of a bundle are.
struct VolumeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A volume that does not stand beside the bundle, or a folder to look in. May be repeated.",
      valueName: "path"))
  var volume: [RawPath] = []

  var elsewhere: [[UInt8]] { volume.map(\.bytes) }

  /// Opens all volumes of a bundle, any one of which was named.
  ///
  /// - Throws: `not-found`, with how to go on where a volume is missing; `usage`, `name-refused`, `io`.
  func open(_ bundle: RawPath) throws(BuktiError) -> [any Storage] {
    do throws(BuktiError) {
      return try BundleVolumes.open(at: bundle.bytes, elsewhere: elsewhere)
    } catch { throw explained(error, bundle) }
  }

  /// Says how to go on where a volume is missing.
  func explained(_ error: BuktiError, _ bundle: RawPath) -> BuktiError {
    let isThere = (try? FileMetadata.at(bundle.bytes)) != nil
    let areThere = volume.allSatisfy { (try? FileMetadata.at($0.bytes)) != nil }
    guard error.code == .notFound, isThere, areThere else { return error }
    return BuktiError(
      .notFound,
      "\(error.message) Put it beside \(bundle.text), or say where it is: --volume PATH.")
  }
}

/// How further volumes are made.
struct NewVolumeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Keep each file below this size, as in 4G or 650M, and go on in case.v001.bukti and so on; 0 for no \
      limit. Later sessions keep to it, too.
      """, valueName: "size"))
  var volumeSize: ByteSize?

  func validate() throws {
    if let size = volumeSize?.bytes, size > 0, size < 1 << 20 {
      throw ValidationError("--volume-size is 1M or more, or 0.")
    }
  }
}
