import BuktiEngines
import BuktiFormat
import BuktiStore

/// Bytes at the end of a bundle that are no frames, and what a session says of them ([B-SES-7]).
struct TornBytes {
  let end: OpenedEnd
  let volumes: [any Storage]
  let keeper: any TornKeeper

  /// Keeps them elsewhere and cuts them off; or finds those that were cut off here before, when no session
  /// came to state it.
  func cut() throws(BuktiError) -> Torn? {
    let volume = end.lastVolume
    // A further volume was made behind them, and no session came to say so: it does now.
    if volume + 1 < volumes.count { return try leave() }
    let count = end.tornBytes
    if count == 0 { return try keeper.kept(from: end.physicalEnd, of: volume) }
    return try cut(volume, from: end.physicalEnd, to: end.physicalEnd + count)
  }

  /// Leaves them where they are, behind which a new volume goes on.
  func leave() throws(BuktiError) -> Torn? {
    let volume = end.lastVolume
    if volume + 1 < volumes.count {
      // What follows the preamble there is less than the session that was to state this.
      let size = try volumes[volume + 1].size()
      let start = UInt64(Preamble.size)
      if size > start { _ = try cut(volume + 1, from: start, to: size) }
    }
    let count = end.tornBytes
    if count == 0 { return nil }
    let digest = LibcryptoSHA256().start()
    try pieces(volume, from: end.physicalEnd, to: end.physicalEnd + count) {
      (piece) throws(BuktiError) in digest.update(piece.span.raw)
    }
    return Torn(count: count, sha256: digest.digest(), volume: UInt64(volume))
  }

  /// Copies bytes elsewhere, makes that durable, and cuts them off.
  private func cut(
    _ volume: Int, from start: UInt64, to size: UInt64
  ) throws(BuktiError) -> Torn {
    let digest = LibcryptoSHA256().start()
    try pieces(volume, from: start, to: size) { (piece) throws(BuktiError) in
      digest.update(piece.span.raw)
    }
    let torn = Torn(count: size - start, sha256: digest.digest())
    if let side = try keeper.place(for: torn, from: start, of: volume) {
      try pieces(volume, from: start, to: size) { (piece) throws(BuktiError) in
        try side.append(piece)
      }
      try side.sync()
    }
    try volumes[volume].truncate(to: start)
    try volumes[volume].sync()
    return torn
  }

  private func pieces(
    _ volume: Int, from start: UInt64, to size: UInt64,
    _ body: ([UInt8]) throws(BuktiError) -> Void
  ) throws(BuktiError) {
    var place = start
    while place < size {
      let piece = try volumes[volume].read(256 << 10, at: place)
      if piece.isEmpty { throw BuktiError(.io, "The bundle became shorter.", offset: place) }
      try body(piece)
      place += UInt64(piece.count)
    }
  }
}
