public import BuktiFormat
public import BuktiStore

/// How a folder is taken.
public struct FolderOptions: Sendable {
  /// The name of the root's item and the beginning of all others'.
  public var name: [UInt8]
  /// The item that the folder was found in.
  public var parent: UInt64?
  public var exhibit: String?
  /// Says by which rule of the operator a path below the root is left out; nil for what is taken.
  public var exclude: @Sendable (_ path: [UInt8], _ metadata: FileMetadata?) -> String? = {
    _, _ in nil
  }
  /// Whether file systems that are mounted below the root are entered.
  public var crossesMounts = true

  public init(name: [UInt8]) { self.name = name }
}

/// What became of sources that are many.
public struct AcquisitionReport: Sendable {
  /// An item that is not complete.
  public struct Problem: Sendable, Hashable {
    public let name: [UInt8]
    public let item: UInt64
    public let state: ItemState
    public let reason: String
    /// What is missing of its bytes; the first ranges.
    public let lost: LostRanges
  }

  /// So many ranges are kept of each problem.
  private static let keptRanges = 1000

  /// So many problems are kept; the others are only counted.
  public static let keptProblems = 10_000

  /// Items recorded, whatever their state.
  public private(set) var items: UInt64 = 0
  /// Plain bytes of them.
  public private(set) var bytes: UInt64 = 0
  public private(set) var problems: [Problem] = []
  public private(set) var problemCount: UInt64 = 0
  /// Items left out by a rule of the operator.
  public private(set) var excluded: UInt64 = 0
  /// Whether the rest was left out because somebody interrupted the work.
  public var isInterrupted = false

  public init() {}

  /// Counts an item.
  public mutating func count(_ item: AddedItem, name: [UInt8], isExcluded: Bool = false) {
    items += 1
    bytes += item.size
    if item.state == .aborted { isInterrupted = true }
    if isExcluded {
      excluded += 1
    } else if item.state != .complete {
      problemCount += 1
      guard problems.count < Self.keptProblems else { return }
      problems.append(
        Problem(
          name: name, item: item.id, state: item.state, reason: item.reason ?? "",
          lost: item.lost.prefix(Self.keptRanges)))
    }
  }
}
