/// A log's word that it holds a leaf: a `c2sp.org/tlog-proof@v1` ([B-LOG-1]).
public struct LogProof: Sendable, Hashable {
  /// Which leaf, from 0.
  public let index: UInt64
  /// From the leaf's neighbour up.
  public let path: InclusionProof
  /// The log's own checkpoint, and who signed it.
  public let note: SignedNote
  /// Which log, in UTF-8; compared byte by byte.
  public let origin: [UInt8]
  /// Leaves of the log's tree.
  public let size: UInt64
  public let root: Hash
}

extension LogProof {
  /// Reads a proof; it is never written again, so its bytes are kept beside it.
  ///
  /// - Throws: `log-proof-invalid`, with what is wrong.
  public init(decoding bytes: [UInt8]) throws(BuktiError) {
    guard bytes.count <= Limits.maxLogProof else { throw Self.malformed("it is too long") }
    guard String(validating: bytes, as: UTF8.self) != nil,
      bytes.allSatisfy({ $0 >= 0x20 || $0 == UInt8(ascii: "\n") })
    else { throw Self.malformed("it is not plain text with lines that end in LF") }
    var lines = LineReader(bytes)
    guard let first = lines.next(), first.elementsEqual("c2sp.org/tlog-proof@v1".utf8) else {
      throw Self.malformed("it does not begin with c2sp.org/tlog-proof@v1")
    }
    index = try Self.index(&lines)
    path = InclusionProof(hashes: try Self.path(&lines))
    let start = lines.place
    guard let origin = lines.next(), !origin.isEmpty,
      let size = lines.next().flatMap({ LineReader.number($0) }),
      let root = lines.next().flatMap({ Base64.decode($0) }).flatMap({ Hash(bytes: $0) })
    else { throw Self.malformed("the log's checkpoint has not three lines that can be read") }
    var end = lines.place
    while true {
      guard let line = lines.next() else { throw Self.malformed("the signatures are missing") }
      if line.isEmpty { break }
      end = lines.place
    }
    note = SignedNote(text: Array(bytes[start..<end]), signatures: try Self.signatures(&lines))
    self.origin = Array(origin)
    self.size = size
    self.root = root
  }

  private static func index(_ lines: inout LineReader) throws(BuktiError) -> UInt64 {
    var line = lines.next()
    if let extra = line.flatMap({ LineReader.value($0, after: "extra") }) {
      // Nobody signs it, and nothing is read from it.
      guard !extra.isEmpty, Base64.decode(extra) != nil else {
        throw malformed("the extra line is no base64")
      }
      line = lines.next()
    }
    let digits = line.flatMap { LineReader.value($0, after: "index") }
    guard let index = digits.flatMap({ LineReader.number($0) }) else {
      throw malformed("the index is missing or no number")
    }
    return index
  }

  private static func path(_ lines: inout LineReader) throws(BuktiError) -> [Hash] {
    var hashes: [Hash] = []
    while true {
      guard let line = lines.next() else { throw malformed("the log's checkpoint is missing") }
      if line.isEmpty { return hashes }
      guard hashes.count < Limits.maxLogPath,
        let hash = Base64.decode(line).flatMap({ Hash(bytes: $0) })
      else { throw malformed("a line of the path is no hash, or there are too many") }
      hashes.append(hash)
    }
  }

  private static func signatures(_ lines: inout LineReader) throws(BuktiError) -> [NoteSignature] {
    var signatures: [NoteSignature] = []
    while !lines.isAtEnd {
      guard signatures.count < Limits.maxLogSignatures,
        let signature = lines.next().flatMap({ NoteSignature(line: $0) })
      else { throw malformed("a line is no signature, or there are too many") }
      signatures.append(signature)
    }
    guard !signatures.isEmpty else { throw malformed("nobody signed the log's checkpoint") }
    return signatures
  }

  private static func malformed(_ why: String) -> BuktiError {
    BuktiError(.logProofInvalid, "This is no proof of a log: \(why).")
  }
}

extension LogProof {
  /// The leaf that stands for a seal: its checkpoint, byte for byte ([B-LOG-3]).
  public static func leafHash(_ checkpoint: [UInt8], using engine: some SHA256Engine) -> Hash {
    engine.leafHash(checkpoint.span)
  }

  /// Checks that the path leads from a leaf to the log's root ([B-LOG-3]).
  ///
  /// - Throws: `proof-invalid`, with what is wrong.
  public func verify(leaf: Hash, using engine: some SHA256Engine) throws(BuktiError) {
    try path.verify(leafHash: leaf, index: index, size: size, root: root, using: engine)
  }
}
