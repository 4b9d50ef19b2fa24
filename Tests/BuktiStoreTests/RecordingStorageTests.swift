import BuktiFixtures
import BuktiFormat
import BuktiStore
import Testing

@Suite struct RecordingStorageTests {
  @Test func memoryBehavesLikeAFile() throws {
    let storage = MemoryStorage([1, 2])
    try storage.append([3, 4])
    #expect(try storage.read(9, at: 1) == [2, 3, 4])
    #expect(try storage.read(9, at: 4) == [])
    #expect(try storage.read(9, at: .max) == [])
    #expect(code { try storage.truncate(to: 5) } == .io)
    try storage.truncate(to: 1)
    #expect(storage.bytes == [1])
  }

  @Test func everyPrefixCanBeReplayed() throws {
    let storage = RecordingStorage([0])
    try storage.append([1, 2])
    try storage.sync()
    try storage.append([3])
    try storage.truncate(to: 2)
    try storage.sync()
    #expect(storage.operations == [.append([1, 2]), .sync, .append([3]), .truncate(2), .sync])
    let images = (0...5).map { storage.bytes(after: $0) }
    #expect(images == [[0], [0, 1, 2], [0, 1, 2], [0, 1, 2, 3], [0, 1], [0, 1]])
    let durable = (0...5).map { storage.durableBytes(after: $0) }
    #expect(durable == [[0], [0], [0, 1, 2], [0, 1, 2], [0, 1, 2], [0, 1]])
    #expect(storage.bytes == [0, 1])
  }

  @Test(arguments: 0..<4) func failureIsForEver(operation: Int) throws {
    let error = BuktiError(.io, "injected", errno: 5)
    let storage = RecordingStorage(fault: .init(operation: operation, error: error))
    let steps: [() throws -> Void] = [
      { try storage.append([1]) }, { try storage.sync() },
      { try storage.truncate(to: 0) }, { try storage.append([2]) },
    ]
    for (number, step) in steps.enumerated() {
      #expect(
        code(step) == (number < operation ? nil : number == operation ? .io : .dead))
    }
    #expect(code { try storage.sync() } == .dead)
    #expect(code { _ = try storage.size() } == .dead)
    #expect(code { _ = try storage.read(1, at: 0) } == .dead)
    #expect(storage.operations.count == operation)
  }

  @Test func shortWriteArrivesBeforeTheError() throws {
    let fault = RecordingStorage.Fault(
      operation: 0, error: BuktiError(.diskFull, "injected"), arrivedBytes: 2)
    let storage = RecordingStorage(fault: fault)
    #expect(code { try storage.append([1, 2, 3]) } == .diskFull)
    #expect(storage.bytes == [1, 2])
    #expect(storage.operations == [.append([1, 2])])
  }

  @Test func failedReserveDoesNotKill() throws {
    let fault = RecordingStorage.Fault(operation: 0, error: BuktiError(.diskFull, "injected"))
    let storage = RecordingStorage(fault: fault)
    #expect(code { try storage.reserve(10) } == .diskFull)
    try storage.append([1])
    #expect(storage.bytes == [1])
  }
}
