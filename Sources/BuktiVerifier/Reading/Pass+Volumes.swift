import BuktiEngines
import BuktiFormat

extension Pass {
  /// Reads the preamble of volume 0; false where it is that of another volume ([B-VOL-1]).
  func beginBundle() throws(BuktiError) -> Bool {
    let here = try window.require(Preamble.size)
    let preamble = try Preamble(decoding: unsafe window.bytes(count: here).octets.span)
    bundleID = preamble.bundleID
    first = preamble
    previous = preamble.hash(using: LibcryptoSHA256())
    visitor?.bundle(bundleID)
    window.skip(Preamble.size)
    if preamble.volume == 0 { return true }
    findings.add(Finding(.volumeMismatch, record: 0, at: Place(volume: 0, offset: 0)))
    return false
  }

  /// Reads the preamble of a further volume; false where the volume does not belong here ([B-VOL-2]).
  func beginFurtherVolume() throws(BuktiError) -> Bool {
    let here = try window.require(Preamble.size)
    let preamble = try? Preamble(decoding: unsafe window.bytes(count: here).octets.span)
    guard let preamble, preamble.minor == first.minor, preamble.bundleID == bundleID,
      UInt64(preamble.volume) == UInt64(volume)
    else {
      findings.add(
        Finding(.volumeMismatch, record: next, at: Place(volume: volume, offset: 0)))
      return false
    }
    window.skip(Preamble.size)
    return true
  }
}
