import BuktiFixtures
import BuktiFormat
import BuktiStore
import Synchronization
import Testing

@testable import BuktiWriter

/// Long work besides the reading of sources: looking at the end, and reading back.
@Suite struct CancellationTests {
  @Test func theLookAtTheEndIsGivenUp() throws {
    let storage = MemoryStorage()
    var writer = try Office.create(storage)
    try writer.seal([Office.signer])
    for number in 0..<9 { try writer.note(Note(text: "\(number)")) }
    try writer.finish()
    let asked = Mutex(0)
    var acceptance = Office.acceptance
    acceptance.isCancelled = {
      asked.withLock {
        $0 += 1
        return $0 > 5
      }
    }
    #expect(code { _ = try BundleWriter.examine(storage, acceptance) } == .interrupted)
    #expect(code { _ = try Office.append(storage, .ask, acceptance) } == .interrupted)
    #expect(try BundleWriter.examine(storage, Office.acceptance).unsealedCount == 9)
  }

  @Test func aSealWhoseReadingBackIsGivenUpStands() throws {
    let storage = MemoryStorage()
    let stops = Mutex(true)
    let told = Mutex<[UInt64]>([])
    var options = Office.options
    options.readBack = .all
    options.stopsReadingBack = { stops.withLock { $0 } }
    options.readBackProgress = { bytes, total in told.withLock { $0 += [bytes, total] } }
    var writer = try Office.create(storage, options)
    try writer.add(PieceSource(noise(300_000)), as: ItemDescription("a"))
    let receipt = try writer.seal([Office.signer])
    #expect(!receipt.isReadBack && told.withLock { $0.isEmpty })
    try expectVerified(storage)
    // The next seal makes up for it.
    stops.withLock { $0 = false }
    #expect(try writer.seal([Office.signer]).isReadBack)
    let numbers = told.withLock { $0 }
    #expect(numbers.count > 4 && numbers.suffix(2).allSatisfy { $0 > 300_000 })
    #expect(numbers.last == numbers.dropLast().last)
  }
}
