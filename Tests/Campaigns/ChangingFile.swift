import Dispatch
import Glibc
import Synchronization

/// What happens to a file while it is read.
enum Change: CaseIterable {
  case grow, shrink, empty, rewrite, rewriteQuietly, shrinkAndGrow, replace, remove

  /// What its item has to say.
  var words: String {
    switch self {
    case .grow: "it grew from "
    case .shrink, .empty: "it shrank from "
    case .rewrite, .shrinkAndGrow: "it was written to while it was read"
    case .rewriteQuietly: "it was changed while it was read"
    case .replace: "another file took its name while it was read"
    case .remove: "its name was removed while it was read"
    }
  }
}

/// Numbers that are the same for the same seed.
struct Random: RandomNumberGenerator {
  private var state: UInt64

  init(seed: Int) { state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }

  /// Bytes that do not shrink and are never zeros for long.
  mutating func bytes(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    while bytes.count < count {
      unsafe withUnsafeBytes(of: next()) { unsafe bytes.append(contentsOf: $0) }
    }
    return Array(bytes.prefix(count))
  }
}

/// A file that is changed behind its reader's back.
struct ChangingFile: Sendable {
  /// Clocks of older file systems tick every 4 ms; changes within a tick of each other do not show.
  static let tick: UInt32 = 12_000
  let path: String

  init(_ path: String, _ bytes: [UInt8]) {
    self.path = path
    write(bytes, to: path, O_CREAT | O_EXCL)
  }

  func apply(_ change: Change, size: Int, _ random: inout Random) {
    switch change {
    case .grow: write(random.bytes(1 + Int(random.next() % 50_000)), to: path, O_APPEND)
    case .shrink: _ = unsafe truncate(path, Int(random.next() % UInt64(max(1, size))))
    case .empty: _ = unsafe truncate(path, 0)
    case .rewrite: write(random.bytes(max(1, size)), to: path, 0)
    case .rewriteQuietly: rewriteQuietly(random.bytes(max(1, size)))
    case .shrinkAndGrow:
      _ = unsafe truncate(path, 0)
      write(random.bytes(size), to: path, 0)
    case .replace:
      write(random.bytes(max(1, size)), to: path + ".new", O_CREAT)
      _ = unsafe rename(path + ".new", path)
    case .remove: _ = unsafe unlink(path)
    }
  }

  private func rewriteQuietly(_ bytes: [UInt8]) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return }
    write(bytes, to: path, 0)
    let times = [status.st_atim, status.st_mtim]
    _ = unsafe utimensat(AT_FDCWD, path, times, 0)
  }

  private func write(_ bytes: [UInt8], to path: String, _ flags: Int32) {
    let file = unsafe open(path, O_WRONLY | flags, 0o600)
    guard file >= 0 else { return }
    defer { close(file) }
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes[done...].withUnsafeBytes {
        unsafe Glibc.write(file, $0.baseAddress, $0.count)
      }
      if count <= 0 { return }
      done += count
    }
  }
}

/// Changes files again and again, on a thread of its own.
final class Mutator: Sendable {
  /// Changes begun and ended so far.
  struct Count { var begun = 0, ended = 0 }

  private let counts = Mutex(Count())
  private let stops = Atomic<Bool>(false)
  private let ended = DispatchSemaphore(value: 0)

  var count: Count { counts.withLock { $0 } }

  func start(_ files: [ChangingFile], size: Int, seed: Int) {
    DispatchQueue.global().async { [self] in
      var random = Random(seed: seed)
      let changes: [Change] = [.grow, .shrink, .rewrite, .replace, .shrinkAndGrow]
      while !stops.load(ordering: .acquiring) {
        counts.withLock { $0.begun += 1 }
        let file = files[Int(random.next() % UInt64(files.count))]
        file.apply(changes.randomElement(using: &random) ?? .grow, size: size, &random)
        counts.withLock { $0.ended += 1 }
        usleep(ChangingFile.tick + UInt32(random.next() % 20_000))
      }
      ended.signal()
    }
  }

  func stop() {
    stops.store(true, ordering: .releasing)
    ended.wait()
  }
}
