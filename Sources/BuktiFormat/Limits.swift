/// The limits that writer and reader share; `spec/bukti.md` gives the reason of each.
public enum Limits {
  /// Integers in the file are below this (2^63), so that every language can hold them.
  public static let integer: UInt64 = 1 << 63
  /// The longest decoded body of a record, in bytes (16 MiB).
  public static let plainLength: UInt64 = 16 << 20
  /// The longest decoded body of an index block, in bytes (1 MiB).
  public static let indexPlainLength: UInt64 = 1 << 20
  /// The end of an item stays below this (2^56 bytes).
  public static let itemEnd: UInt64 = 1 << 56
  /// Nested CBOR values: the outermost is at depth 1, the innermost at this depth.
  public static let cborDepth = 16
}
