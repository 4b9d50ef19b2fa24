import BuktiFormat
import BuktiStore
import Synchronization

/// The pieces that the items of one bundle were read from last, decoded, and memory to read others into.
///
/// All items of a bundle share it, so that it is no larger for many of them. A piece that must go leaves its memory
/// to the next one.
final class PieceCache: Sendable {
  /// One record and the bytes that it stands for.
  struct Piece: Sendable {
    let itemID: UInt64
    /// In the item, in bytes.
    let start: UInt64
    var piece: ItemPiece
  }

  /// Half of what a reader of a bundle may take.
  private static let budget = 32 << 20
  /// For what a piece takes beside its bytes.
  private static let overhead = 128
  /// Longer frames are rare, and their memory is given back.
  private static let longestFrame = 4 << 20

  private struct State {
    var pieces = ClockCache<Piece>()
    /// Bytes held by the pieces.
    var held = 0
  }

  private let state = Mutex(State())
  private let frames = Mutex<[WholeFrame]>([])

  /// The piece that a record is; it may have been read for any item.
  func find(_ record: UInt64) -> Piece? { state.withLock { $0.pieces.find(record) } }

  /// Makes room for a piece; gives memory that the one that had to go leaves, or none.
  func room(for count: Int) -> [UInt8] {
    var left: [UInt8] = []
    state.withLock { state in
      while state.held + count + Self.overhead > Self.budget,
        var old = state.pieces.removeOne()
      {
        state.held -= Self.size(old)
        if left.isEmpty { left = old.takeBytes(for: count) }
      }
    }
    return left
  }

  /// Keeps a piece, which another thread may have done meanwhile.
  func keep(_ record: UInt64, _ piece: Piece) {
    state.withLock { state in
      guard state.pieces.keep(record, piece) == nil else { return }
      state.held += Self.size(piece)
      while state.held > Self.budget, state.pieces.count > 1, let old = state.pieces.removeOne() {
        state.held -= Self.size(old)
      }
    }
  }

  /// Memory for a frame; whoever takes it has it alone.
  func takeFrame() -> WholeFrame { frames.withLock { $0.popLast() } ?? WholeFrame() }

  func giveFrame(_ frame: consuming WholeFrame) {
    guard frame.capacity <= Self.longestFrame else { return }
    let frame = frame
    frames.withLock { $0.append(frame) }
  }

  /// Bytes that are held, for what tests want to know.
  var heldBytes: Int { state.withLock { $0.held } }

  private static func size(_ piece: Piece) -> Int {
    if case .data(let bytes) = piece.piece { bytes.count + overhead } else { overhead }
  }
}

extension PieceCache.Piece {
  /// Takes the bytes out, so that nobody else has them unless a reader does; none where their memory is more than
  /// twice what is to be held in it, which alone is counted.
  fileprivate mutating func takeBytes(for count: Int) -> [UInt8] {
    guard case .data(let bytes) = piece, bytes.capacity <= 2 * count else { return [] }
    piece = .zeros(0)
    return bytes
  }
}
