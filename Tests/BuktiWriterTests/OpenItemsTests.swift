import BuktiFixtures
import BuktiFormat
import BuktiStore
import Testing

@testable import BuktiWriter

/// No more items are open at once than readers take ([B-ITM-2]).
@Suite struct OpenItemsTests {
  private let folder = TemporaryFolder()

  @Test func anItemTooManyIsRefusedBeforeItsFirstRecord() throws {
    try folder.write("disk", noise(10))
    func disk() throws -> SourceFile { try SourceFile.open(at: folder.file("disk")) }
    let storage = MemoryStorage()
    var options = Office.options
    options.openFrom = 1
    options.isInterrupted = { true }
    var writer = try Office.create(storage, options)
    for number in 0..<Limits.maxOpenItems {
      let name = ItemDescription("disk \(number)")
      #expect(code { try writer.add(disk(), as: name) } == .interrupted)
    }
    let count = writer.recordCount
    #expect(code { try writer.add(disk(), as: ItemDescription("disk")) } == .usage)
    #expect(writer.recordCount == count)
    try writer.seal([Office.signer])
    try writer.finish()

    // A small file would say nothing before its first byte.
    writer = try Office.append(storage)
    #expect(code { try writer.add(disk(), as: ItemDescription("small")) } == .usage)
    let stream = ItemDescription("stream", kind: .stream)
    #expect(code { try writer.add(PieceSource([1]), as: stream) } == .usage)
    try writer.record(ItemDescription("folder", kind: .directory))
    try writer.abandon(1, reason: "enough")
    let added = try writer.add(disk(), as: ItemDescription("small"))
    #expect(added.state == .complete)
    try writer.seal([Office.signer])
    for item in writer.suspendedItems { try writer.abandon(item.id, reason: "enough") }
    try writer.seal([Office.signer])
    #expect(try Audit(storage).items.count == Limits.maxOpenItems + 2)
  }
}
