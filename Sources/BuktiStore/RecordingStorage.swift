public import BuktiFormat
internal import Synchronization

/// A storage in memory that remembers each change, so that a test can stop time anywhere.
///
/// Operations are numbered from 0 in the order of the calls; reads and sizes are not counted.
public final class RecordingStorage: Storage {
  /// A change asked of the storage.
  public enum Operation: Sendable, Equatable {
    case append([UInt8])
    case sync
    case truncate(UInt64)
    case reserve(UInt64)
  }

  /// An error to be thrown by one operation.
  public struct Fault: Sendable {
    /// The number of the operation that fails.
    public let operation: Int
    public let error: BuktiError
    /// How many bytes of a failing append arrive nevertheless.
    public let arrivedBytes: Int

    public init(operation: Int, error: BuktiError, arrivedBytes: Int = 0) {
      self.operation = operation
      self.error = error
      self.arrivedBytes = arrivedBytes
    }
  }

  private struct State {
    var bytes: [UInt8]
    var operations: [Operation] = []
    var calls = 0
    var isDead = false
  }

  private let initial: [UInt8]
  private let fault: Fault?
  private let state: Mutex<State>

  /// Starts with the bytes of an existing volume, all of them durable, or with none.
  public init(_ bytes: [UInt8] = [], fault: Fault? = nil) {
    initial = bytes
    self.fault = fault
    state = Mutex(State(bytes: bytes))
  }

  /// What was done so far; of a failed append only the bytes that arrived.
  public var operations: [Operation] { state.withLock { $0.operations } }

  /// The bytes held now.
  public var bytes: [UInt8] { state.withLock { $0.bytes } }

  /// Returns the bytes after the first `count` operations.
  public func bytes(after count: Int) -> [UInt8] {
    Self.replay(operations.prefix(count), from: initial)
  }

  /// Returns the bytes that survive a loss of power after the first `count` operations for certain:
  /// those of the last completed sync among them.
  public func durableBytes(after count: Int) -> [UInt8] {
    let done = operations.prefix(count)
    guard let last = done.lastIndex(of: .sync) else { return initial }
    return Self.replay(done[...last], from: initial)
  }

  private static func replay(_ operations: ArraySlice<Operation>, from bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for operation in operations { apply(operation, to: &bytes) }
    return bytes
  }

  private static func apply(_ operation: Operation, to bytes: inout [UInt8]) {
    switch operation {
    case .append(let piece): bytes += piece
    case .truncate(let size): bytes.removeLast(max(0, bytes.count - Int(clamping: size)))
    case .sync, .reserve: break
    }
  }

  public func append(_ pieces: [UnsafeRawBufferPointer]) throws(BuktiError) {
    try perform(.append(unsafe join(pieces)))
  }

  public func sync() throws(BuktiError) { try perform(.sync) }

  public func reserve(_ count: UInt64) throws(BuktiError) { try perform(.reserve(count)) }

  public func truncate(to size: UInt64) throws(BuktiError) {
    if size > (try self.size()) { throw BuktiError.beyondEnd }
    try perform(.truncate(size))
  }

  public func size() throws(BuktiError) -> UInt64 { UInt64(try livingBytes().count) }

  public func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(BuktiError) -> Int {
    unsafe try MemoryStorage(livingBytes()).read(into: buffer, at: offset)
  }

  private func livingBytes() throws(BuktiError) -> [UInt8] {
    let (bytes, isDead) = state.withLock { ($0.bytes, $0.isDead) }
    if isDead { throw BuktiError.dead }
    return bytes
  }

  private func perform(_ operation: Operation) throws(BuktiError) {
    let error = state.withLock { state -> BuktiError? in
      if state.isDead { return BuktiError.dead }
      defer { state.calls += 1 }
      guard let fault, fault.operation == state.calls else {
        Self.record(operation, in: &state)
        return nil
      }
      if case .append(let bytes) = operation, fault.arrivedBytes > 0 {
        Self.record(.append(Array(bytes.prefix(fault.arrivedBytes))), in: &state)
      }
      if case .reserve = operation { return fault.error }
      state.isDead = true
      return fault.error
    }
    if let error { throw error }
  }

  private static func record(_ operation: Operation, in state: inout State) {
    state.operations.append(operation)
    apply(operation, to: &state.bytes)
  }
}
