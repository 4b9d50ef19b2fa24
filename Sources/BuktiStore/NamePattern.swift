internal import CBuktiSystem

/// A shell pattern (`*`, `?`, `[…]`) over names as bytes.
public struct NamePattern: Sendable {
  private let pattern: [UInt8]

  /// Nil for a pattern that holds a NUL.
  public init?(_ pattern: [UInt8]) {
    guard !pattern.isEmpty, !pattern.contains(0) else { return nil }
    self.pattern = pattern
  }

  /// Whether the whole path matches, or, for a pattern without `/`, its last part.
  public func matches(_ path: [UInt8]) -> Bool {
    if path.contains(0) { return false }
    if test(path) { return true }
    let slash = UInt8(ascii: "/")
    guard !pattern.contains(slash), let last = path.lastIndex(of: slash) else { return false }
    return test(Array(path[(last + 1)...]))
  }

  private func test(_ name: [UInt8]) -> Bool {
    unsafe bukti_name_matches(pattern + [0], name + [0]) == 1
  }
}
