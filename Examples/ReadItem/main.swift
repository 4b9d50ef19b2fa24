// read-item BUNDLE ITEM OFFSET LENGTH FINGERPRINT
//
// Writes a range of an item to standard output, each byte proven by a seal whose signer has that fingerprint.
// However large the bundle is, kilobytes of it are read.
import BuktiFormat
import BuktiStore
import BuktiVerifier
import Glibc

let arguments = CommandLine.arguments.dropFirst().map { Array($0.utf8) }
guard arguments.count == 5, let offset = UInt64(String(decoding: arguments[2], as: UTF8.self)),
  let length = UInt64(String(decoding: arguments[3], as: UTF8.self)), length <= .max - offset,
  let pin = Hex.decode(arguments[4]).flatMap(Hash.init(bytes:))
else {
  print("usage: read-item BUNDLE ITEM OFFSET LENGTH FINGERPRINT")
  exit(64)
}
do {
  let volumes = try BundleVolumes.open(at: arguments[0])
  let reader = try BundleReader(volumes, pins: [pin], at: Int64(time(nil)))
  guard reader.signatures.flatMap(\.signers).contains(where: \.isAccepted) else {
    throw BuktiError(.untrustedSeal, "The last seal is not by this signer.")
  }
  let item = try reader.open(reader.find(ItemSelector(arguments[1])))
  _ = try item.read(offset..<offset + length) { (piece) throws(BuktiError) in
    let written = piece.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
    if written < piece.byteCount { throw BuktiError(.io, "Standard output is full.") }
  }
} catch {
  print(error)
  exit(1)
}
