import BuktiEngines
import BuktiFormat
import BuktiTrust
import Testing

/// Keys and signatures that others made, and what is no key; proofs have the vectors.
@Suite struct LogKeyTests {
  /// From the documentation of golang.org/x/mod/sumdb/note.
  private let known = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
  /// The key of sum.golang.org.
  private let checksums = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"

  private func add(_ line: String, witness: Bool = false) throws -> LogKeys {
    var keys = LogKeys()
    if witness {
      try keys.add(witness: Array(line.utf8))
    } else {
      try keys.add(log: Array(line.utf8))
    }
    return keys
  }

  @Test func keysOfOthers() throws {
    for line in [known, checksums, known + "\n"] {
      let key = try #require(try add(line).logs.first)
      #expect(key.type == NoteKey.ed25519 && key.bytes.count == 32)
    }
    #expect(throws: BuktiError(.logKeyInvalid)) { try add(known, witness: true) }
  }

  /// An unknown type is taken as it is: its id may be made in another way.
  @Test func otherTypesAreTaken() throws {
    let line = "a.example+00000000+" + Base64.encode([6] + [UInt8](repeating: 1, count: 1312))
    #expect(try add(line).logs.first?.type == 6)
    #expect(try add(line, witness: true).witnesses.count == 1)
  }

  @Test(arguments: [
    ("PeterNeumann", "PeterNewmann"), ("PeterNeumann", ""), ("PeterNeumann", "Peter Neumann"),
    ("PeterNeumann", "Peter\u{a0}Neumann"), ("PeterNeumann", "Peter\nNeumann"),
    ("c74f20a3", "C74F20A3"), ("c74f20a3", "c74f20a4"), ("c74f20a3", "c74f20a"),
    ("+c74f20a3", ""), ("10TW", "10TX"), ("10TW", "10T"), ("10TW", "10TW\n\n"),
    ("10TW", "10TW\r\n"),
    ("10TW", "10TW "), ("+ARpc", "+ARpd"), ("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "AQ=="),
    ("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", ""),
  ])
  func whatIsNoKey(part: String, other: String) {
    let line = known.replacing(part, with: other)
    #expect(line != known)
    #expect(throws: BuktiError(.logKeyInvalid)) { try add(line) }
  }

  /// Any change of a proof that holds is another proof that does not hold, or means nothing.
  @Test func noBytesAreTooStrange() throws {
    let proof = Array(
      """
      c2sp.org/tlog-proof@v1
      index 0

      a.example
      1
      47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=

      — a.example AAAAAAA=

      """.utf8)
    #expect(try LogProof(decoding: proof).size == 1)
    let keys = try add(known)
    for place in proof.indices {
      var others = (0..<8).map { bit in
        var bytes = proof
        bytes[place] ^= 1 << UInt8(bit)
        return bytes
      }
      others.append(Array(proof[..<place] + proof[(place + 1)...]))
      others += [UInt8(ascii: "\n"), 0xFF, 0].map { proof[..<place] + [$0] + proof[place...] }
      others.append(Array(proof[..<place]))
      for bytes in others {
        let report = LogProofCheck.evaluate(
          bytes, leaf: .zero, keys: keys, using: LibcryptoSHA256())
        #expect(report.outcome == .invalid)
      }
    }
  }
}
