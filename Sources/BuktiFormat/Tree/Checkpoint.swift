/// The identity of a branch, 16 bytes: a copy that another party appends to.
public struct BranchID: Sendable, Hashable {
  /// The 16 bytes as one big-endian number.
  public let value: UInt128

  public init(_ value: UInt128) { self.value = value }

  /// Takes exactly 16 bytes; nil for any other count.
  public init?(bytes: some Collection<UInt8>) {
    guard let value = UInt128(bigEndianBytes: bytes) else { return nil }
    self.init(value)
  }

  public var bytes: [UInt8] { value.bigEndianBytes }
}

/// What a seal signs and a receipt keeps: which bundle, how many records, which root.
public struct Checkpoint: Sendable, Hashable {
  public let bundleID: BundleID
  public let branch: BranchID?
  /// Number of records.
  public let size: UInt64
  /// The root of the tree over them.
  public let root: Hash

  public init(bundleID: BundleID, branch: BranchID? = nil, size: UInt64, root: Hash) {
    self.bundleID = bundleID
    self.branch = branch
    self.size = size
    self.root = root
  }
}

extension Checkpoint {
  /// The first line without its LF.
  public var origin: String {
    let bundle = "bukti/1/" + bundleID.uuid
    return branch.map { bundle + "/" + Hex.encode($0.bytes) } ?? bundle
  }

  /// The exact bytes: three lines, each with a final LF ([B-CHK-1]).
  public func encoded() -> [UInt8] {
    Array("\(origin)\n\(size)\n\(Base64.encode(root.bytes))\n".utf8)
  }

  /// Parses a receipt, which is a checkpoint byte for byte.
  ///
  /// - Throws: `receipt-invalid` for anything that `encoded()` would not write.
  public init(receipt bytes: [UInt8]) throws(BuktiError) {
    guard let checkpoint = Self.read(bytes), checkpoint.encoded() == bytes else {
      throw BuktiError(.receiptInvalid, "A receipt is the three lines of a checkpoint, unchanged.")
    }
    self = checkpoint
  }

  /// Reads the fields; that nothing but them is there shows when they are written again.
  private static func read(_ bytes: [UInt8]) -> Checkpoint? {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard lines.count == 4, lines[1].count <= 19 else { return nil }
    let origin = lines[0].split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard 3...4 ~= origin.count, let bundleID = BundleID(uuid: origin[2]) else { return nil }
    guard let size = UInt64(String(decoding: lines[1], as: UTF8.self)), size < Limits.integer,
      let root = Base64.decode(lines[2]).flatMap({ Hash(bytes: $0) })
    else { return nil }
    guard origin.count == 4 else { return Checkpoint(bundleID: bundleID, size: size, root: root) }
    guard let branch = Hex.decode(origin[3]).flatMap({ BranchID(bytes: $0) }) else { return nil }
    return Checkpoint(bundleID: bundleID, branch: branch, size: size, root: root)
  }
}
