public import BuktiFormat

extension ItemReader {
  /// Reads a range piece by piece, in order, in the memory of one piece.
  ///
  /// - Parameters:
  ///   - range: in bytes; what lies behind the item's end is left out.
  ///   - pieceSize: in bytes, at least 1.
  ///   - progress: told after each piece how many bytes of the range have been handed over.
  ///   - isCancelled: asked before each piece; true ends it with `interrupted`.
  ///   - body: gets each piece, every byte of it proven.
  /// - Returns: the ranges that were not read from the source, and are zeros here.
  /// - Throws: as `read(into:at:)`; `interrupted`; what `body` throws.
  public func read(
    _ range: Range<UInt64>, pieceSize: Int = 1 << 20, progress: ((UInt64) -> Void)? = nil,
    isCancelled: (() -> Bool)? = nil, _ body: (RawSpan) throws(BuktiError) -> Void
  ) throws(BuktiError) -> [Range<UInt64>] {
    precondition(pieceSize > 0)
    let end = min(range.upperBound, size)
    var place = range.lowerBound
    var gaps: [Range<UInt64>] = []
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceSize, alignment: 16)
    defer { unsafe buffer.deallocate() }
    while place < end {
      if isCancelled?() == true { throw BuktiError(.interrupted) }
      let count = Int(min(UInt64(pieceSize), end - place))
      let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
      let read = unsafe try self.read(into: part, at: place)
      guard read.count > 0 else { break }
      try body(unsafe RawSpan(_unsafeBytes: part[..<read.count]))
      gaps += read.gaps
      place += UInt64(read.count)
      progress?(place - range.lowerBound)
    }
    return gaps
  }
}
