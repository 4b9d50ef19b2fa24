import BuktiEngines
import BuktiFixtures
import BuktiFormat
import BuktiStore
import BuktiVerifier
import Glibc
import Synchronization
import Testing

/// A volume on the other side of a slow line: two functions are all that somebody else's storage takes.
private final class Remote: ReadOnlyStorage {
  private let bytes: [UInt8]
  private let counts = Mutex((calls: 0, bytes: 0))

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var calls: Int { counts.withLock { $0.calls } }
  var bytesRead: Int { counts.withLock { $0.bytes } }

  func size() throws(BuktiError) -> UInt64 { UInt64(bytes.count) }

  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(BuktiError) -> Int {
    usleep(2000)
    let start = Int(min(offset, UInt64(bytes.count)))
    let count = min(buffer.count, bytes.count - start)
    unsafe buffer.copyBytes(from: bytes[start..<start + count])
    counts.withLock { $0 = ($0.calls + 1, $0.bytes + count) }
    return count
  }
}

@Suite struct RemoteStorageTests {
  @Test func aRangeOfARemoteBundleTakesFewAndSmallReads() throws {
    var random = SeededGenerator(seed: 9)
    var builder = try BundleBuilder()
    let content = random.bytes(4_000_000)
    try builder.file(Array("disk".utf8), content, chunk: 2000)
    for number in 0..<400 { try builder.file(Array("f\(number)".utf8), [UInt8(number % 256)]) }
    try builder.seal()
    let remote = Remote(builder.bytes)
    let reader = try BundleReader([remote], at: 0)
    let disk = try reader.open(reader.find(.id(1)))
    let isRight = try disk.bytes(4096, at: 3_210_987) == Array(content[3_210_987..<3_215_083])
    #expect(isRight)
    let (calls, bytes) = (remote.calls, remote.bytesRead)
    #expect(calls < 300 && bytes < 400 << 10)
    let report = try BundleVerifier(VerificationOptions(time: 0)).verify(storages: [remote])
    #expect(report.claims[.intact] == .holds)
  }

  @Test func aStorageThatIsOnlyReadRefusesToChange() throws {
    let remote = Remote([1, 2, 3])
    #expect(code { try remote.append([4]) } == .io)
    #expect(code { try remote.sync() } == .io)
    #expect(code { try remote.truncate(to: 1) } == .io)
    #expect(code { try remote.reserve(1) } == .io)
    #expect(try remote.read(5, at: 1) == [2, 3])
  }
}
