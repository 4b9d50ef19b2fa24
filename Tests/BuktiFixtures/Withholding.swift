public import BuktiFormat

extension BundleBuilder {
  /// The runs of a withhold record for these records, which `withholding(_:in:)` then takes out.
  public func runs(of records: Set<UInt64>) -> [WithheldRun] {
    var runs: [WithheldRun] = []
    var offset = UInt64(Preamble.size)
    Self.forEachFrame(of: volumes[0]) { header, _ in
      let length = UInt64(FrameHeader.overhead) + header.core.storedLength
      if records.contains(header.core.number) {
        if let last = runs.last, last.first + last.count == header.core.number {
          runs[runs.count - 1].count += 1
          runs[runs.count - 1].end = offset + length
        } else {
          runs.append(
            WithheldRun(
              first: header.core.number, count: 1, start: offset, end: offset + length))
        }
      }
      offset += length
    }
    return runs
  }

  /// A copy of a volume without the payloads of these records.
  public static func withholding(_ records: Set<UInt64>, in volume: [UInt8]) -> [UInt8] {
    var copy = Array(volume[..<Preamble.size])
    forEachFrame(of: volume) { header, bytes in
      guard records.contains(header.core.number) else {
        copy += bytes
        return
      }
      var withheld = header
      withheld.state = .withheld
      var writer = ByteWriter()
      withheld.encode(into: &writer)
      withheld.encodeTrailer(into: &writer)
      copy += writer.bytes
    }
    return copy
  }

  /// Goes through the frames of a volume that is whole.
  public static func forEachFrame(
    of volume: [UInt8], _ body: (FrameHeader, ArraySlice<UInt8>) -> Void
  ) {
    var place = Preamble.size
    while place < volume.count {
      let span = volume.span.extracting(place...)
      guard
        let header = try? FrameHeader(checking: span, remaining: UInt64(volume.count - place))
      else { return }
      let end = place + Int(header.frameLength)
      body(header, volume[place..<end])
      place = end
    }
  }
}
