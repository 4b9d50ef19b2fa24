import BuktiFormat
import BuktiStore
import BuktiVerifier

/// Gives bytes in pieces of any size, as a pipe does.
final class PieceSource: ByteSource, @unchecked Sendable {
  private var rest: ArraySlice<UInt8>
  private let piece: Int

  init(_ bytes: [UInt8], piece: Int = .max) {
    rest = bytes[...]
    self.piece = piece
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(BuktiError) -> Int {
    let part = rest.prefix(min(piece, buffer.count))
    unsafe buffer.copyBytes(from: part)
    rest = rest.dropFirst(part.count)
    return part.count
  }
}

/// A file of `testvectors/`.
func vector(_ path: String) throws -> [UInt8] {
  let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
  let source = try FileDescriptorSource.open(at: Array("\(root)/testvectors/\(path)".utf8))
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = try unsafe chunk.withUnsafeMutableBytes { unsafe try source.read(into: $0) }
    if count == 0 { return bytes }
    bytes += chunk[..<count]
  }
}

/// Certificates of the vectors are valid then.
let vectorTime: Int64 = 1_709_294_400

/// The certificate that signs most vectors.
let examiner = "be59ecca6498c537524d572bc11ddbedce7f54dc4efb0061511c4fac58fb6435"

func verify(
  _ bytes: [UInt8], piece: Int = .max, visitor: (any BundleVisitor)? = nil,
  change: (inout VerificationOptions) -> Void = { _ in }
) throws -> Report {
  var options = VerificationOptions(time: vectorTime)
  options.pins = Set([Hex.decode(examiner.utf8).flatMap { Hash(bytes: $0) }].compactMap { $0 })
  change(&options)
  return try BundleVerifier(options).verify(
    volumes: [PieceSource(bytes, piece: piece)], visitor: visitor)
}
