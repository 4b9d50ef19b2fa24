import BuktiFormat
import BuktiVerifier
import Testing

/// Puts items together from what the verifier gives.
private final class Collector: BundleVisitor {
  var items: [UInt64: [UInt8]] = [:]
  var closed: [UInt64: DigestVerdict] = [:]
  var opened: [UInt64] = []
  var seals = 0
  var refusals = 0

  func itemOpened(_ id: UInt64, _ opening: ItemOpen?, record: UInt64) { opened.append(id) }

  func itemData(_ id: UInt64, offset: UInt64, _ bytes: RawSpan) {
    #expect(offset == UInt64(items[id, default: []].count))
    items[id, default: []] += unsafe bytes.withUnsafeBytes { unsafe Array($0) }
  }

  func itemZeros(_ id: UInt64, offset: UInt64, count: UInt64) {
    items[id, default: []] += [UInt8](repeating: 0, count: Int(count))
  }

  func itemGap(_ id: UInt64, offset: UInt64, _ gap: Gap) {
    items[id, default: []] += [UInt8](repeating: 0, count: Int(gap.length))
  }

  func itemClosed(_ id: UInt64, _ item: Item?, record: UInt64, _ digests: DigestVerdict) {
    closed[id] = digests
    if let item { #expect(item.size == UInt64(items[id, default: []].count)) }
  }

  func seal(_ seal: Seal, record: UInt64) { seals += 1 }

  func refused(first: UInt64, count: UInt64, session: UInt64, back state: TailState) {
    refusals += 1
    for item in state.openItems { items[item.id]?.removeSubrange(Int(item.offset)...) }
    for id in items.keys where id >= state.nextItemID { items[id] = nil }
  }
}

@Suite struct VisitorTests {
  @Test(arguments: [
    "item-many-chunks", "item-interleaved", "item-resumed", "item-gaps", "codec-deflate",
    "codec-zero-run",
  ])
  func givesEveryByteOfEachItem(_ name: String) throws {
    let collector = Collector()
    let report = try verify(vector("valid/\(name).bukti"), visitor: collector)
    #expect(report.claims[.intact] == .holds)
    #expect(collector.closed.values.allSatisfy { $0 == .holds || $0 == .none })
    #expect(Set(collector.closed.keys) == Set(report.listing.map(\.id)))
    #expect(collector.seals == report.seals.count)
    #expect(report.listing.allSatisfy { $0.sealedBy != nil })
  }

  @Test func tellsRefusals() throws {
    let collector = Collector()
    _ = try verify(vector("valid/session-refuse.bukti"), visitor: collector)
    #expect(collector.refusals == 1)
  }

  @Test func endsWhenAsked() throws {
    let bytes = try vector("valid/minimal.bukti")
    let error = #expect(throws: BuktiError.self) {
      try BundleVerifier(VerificationOptions(time: vectorTime)).verify(
        volumes: [PieceSource(bytes)], isCancelled: { true })
    }
    #expect(error?.code == .interrupted)
  }
}
