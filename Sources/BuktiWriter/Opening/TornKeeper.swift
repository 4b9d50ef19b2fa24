import BuktiEngines
public import BuktiFormat
public import BuktiStore

/// Keeps bytes that are cut off the end of a bundle.
public protocol TornKeeper {
  /// A place of their own for bytes that stood at a physical offset of a volume; nil where they are kept already.
  func place(
    for torn: Torn, from offset: UInt64, of volume: Int
  ) throws(BuktiError) -> (any Storage)?

  /// The bytes cut off last at a physical offset of a volume, nil where none are kept.
  ///
  /// A bundle that ends there has no session that states them: the power went in between.
  func kept(from offset: UInt64, of volume: Int) throws(BuktiError) -> Torn?
}

/// Files beside the volumes, whose names say where the bytes stood.
struct SideFiles: TornKeeper {
  private static let most = 8
  let volumes: [[UInt8]]

  func place(
    for torn: Torn, from offset: UInt64, of volume: Int
  ) throws(BuktiError) -> (any Storage)? {
    for path in paths(offset, volume) {
      do throws(BuktiError) { return try FileStorage.create(at: path) } catch {
        guard error.code == .exists else { throw error }
      }
      // Another file has the name, perhaps one that a crash cut short: it stays as it is.
      guard try content(of: path) == torn else { continue }
      // Whoever wrote them may have died before they were durable.
      try FileStorage.openForAppending(at: path).sync()
      return nil
    }
    throw BuktiError(.exists, "There is no name left for the bytes to be cut off.")
  }

  func kept(from offset: UInt64, of volume: Int) throws(BuktiError) -> Torn? {
    var last: Torn?
    for path in paths(offset, volume) {
      guard let torn = try content(of: path) else { break }
      last = torn
    }
    return last
  }

  private func paths(_ offset: UInt64, _ volume: Int) -> [[UInt8]] {
    (0..<Self.most).map {
      volumes[volume] + Array(".torn-\(offset)".utf8)
        + Array(repeating: "-again".utf8, count: $0).joined()
    }
  }

  /// Length and digest of a file; nil where there is none.
  private func content(of path: [UInt8]) throws(BuktiError) -> Torn? {
    let storage: FileStorage
    do throws(BuktiError) { storage = try FileStorage.openForReading(at: path) } catch {
      if error.code == .notFound { return nil }
      throw error
    }
    let digest = LibcryptoSHA256().start()
    var count: UInt64 = 0
    while true {
      let piece = try storage.read(256 << 10, at: count)
      if piece.isEmpty { break }
      digest.update(piece.span.raw)
      count += UInt64(piece.count)
    }
    return Torn(count: count, sha256: digest.digest())
  }
}
