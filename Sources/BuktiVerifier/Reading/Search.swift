import BuktiEngines
import BuktiFormat
import Glibc

/// What a search for the next frame passed over.
struct PassedOver {
  /// Whether a frame follows; if not, the bytes reach to the volume's end.
  let isFollowed: Bool
  let count: UInt64
  /// SHA-256 of the bytes.
  let digest: Hash
}

/// Looks for the next frame that may be read, after one without an end ([B-DMG-1]).
struct CandidateSearch {
  /// Places of the bundle that passed all but check 22.
  private var failed = 0
  private static let step = 64 << 10

  /// Slides the window from the byte after its first to the next candidate, or to the volume's end.
  mutating func run(
    _ window: Window, bundleID: BundleID, next: UInt64, pause: () throws(BuktiError) -> Void
  ) throws(BuktiError) -> PassedOver {
    let begin = window.offset
    let digest = try ItemDigest(.sha256)
    func pass(_ count: Int) {
      unsafe digest.update(window.bytes(count: count).bytes)
      window.skip(count)
    }
    pass(try window.require(1))
    var isFollowed = false
    while !isFollowed, failed < Limits.maxCandidates {
      let here = try window.require(Self.step)
      guard here >= FrameHeader.overhead else { break }
      try pause()
      let mark = unsafe firstMark(window.bytes(count: here))
      // A mark may begin in the last bytes and end behind them.
      pass(mark ?? here - FrameHeader.mark.count + 1)
      guard mark != nil else { continue }
      isFollowed = try isCandidate(window, bundleID, next)
      if !isFollowed { pass(1) }
    }
    while !isFollowed, try window.require(Self.step) > 0 {
      try pause()
      pass(window.count)
    }
    guard let hash = Hash(bytes: digest.value()) else { preconditionFailure("32 bytes") }
    return PassedOver(isFollowed: isFollowed, count: window.offset - begin, digest: hash)
  }

  private mutating func isCandidate(
    _ window: Window, _ bundleID: BundleID, _ next: UInt64
  ) throws(BuktiError) -> Bool {
    guard case .frame(let frame) = try window.frame(), frame.defect == nil,
      frame.core.bundleID == bundleID, frame.core.number >= next
    else { return false }
    if frame.payloadHolds { return true }
    failed += 1
    return false
  }

  private func firstMark(_ bytes: UnsafeRawBufferPointer) -> Int? {
    guard let base = bytes.baseAddress else { return nil }
    var place = 0
    while bytes.count - place >= FrameHeader.mark.count {
      let rest = bytes.count - place
      guard let found = unsafe memchr(base + place, Int32(FrameHeader.mark[0]), rest) else {
        return nil
      }
      place = unsafe UnsafeRawPointer(found) - base
      guard bytes.count - place >= FrameHeader.mark.count else { return nil }
      let equal = unsafe FrameHeader.mark.withUnsafeBytes { mark in
        unsafe mark.elementsEqual(UnsafeRawBufferPointer(start: base + place, count: mark.count))
      }
      if equal { return place }
      place += 1
    }
    return nil
  }
}
