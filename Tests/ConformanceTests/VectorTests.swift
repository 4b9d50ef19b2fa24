import BuktiFormat
import BuktiStore
import BuktiTrust
import BuktiVerifier
import Testing

/// Every vector through the public interface: what a second implementation is held to, no more.
@Suite struct VectorTests {
  static let vectors = (try? Manifest.load().vectors) ?? []

  @Test func manifestIsThere() throws {
    #expect(try Manifest.load().vectors.count > 500)
  }

  @Test(arguments: vectors) func saysWhatTheManifestSays(_ vector: Vector) throws {
    if vector.generated == true, !vector.isHere {
      print("skipped: \(vector.id) is not kept here; see testvectors/README.md")
      return
    }
    try Self.check(vector)
  }

  /// Holds the report to the manifest.
  static func check(
    _ vector: Vector, _ change: (inout VerificationOptions) -> Void = { _ in }
  ) throws {
    if let refused = vector.expect.refused {
      let error = #expect(throws: BuktiError.self) { try vector.verify(change) }
      #expect(error?.code.rawValue == refused)
      return
    }
    let report = try vector.verify(change)
    #expect(report.findings.map(ExpectedFinding.init) == vector.expect.findings)
    let claims = report.claims.map { ($0.rawValue, $1.rawValue) }
    #expect(Dictionary(uniqueKeysWithValues: claims) == vector.expect.claims)
    #expect(report.seals.map(ExpectedSeal.init) == vector.expect.seals)
    #expect(ExpectedItem.all(report) == vector.expect.items)
    #expect(report.logProofs.map(ExpectedLogProof.init) == vector.expect.logProofs ?? [])
  }
}

extension Vector {
  var isHere: Bool { (try? Manifest.read(folder + files[0])) != nil }
}

extension ExpectedFinding {
  init(_ finding: Finding) {
    code = finding.code.rawValue
    record = finding.record
    volume = finding.volume.map { UInt64($0) }
    offset = finding.offset
    length = finding.length
    item = finding.item
  }
}

extension ExpectedSeal {
  init(_ seal: SealReport) {
    record = seal.record
    size = seal.size
    root = seal.root?.hex
    status = seal.status.rawValue
  }
}

extension ExpectedLogProof {
  init(_ stored: StoredLogProof) {
    let proof = stored.said.proof
    record = stored.record
    seal = stored.seal
    outcome = stored.said.outcome.rawValue
    origin = proof.map { String(decoding: $0.origin, as: UTF8.self) }
    index = proof?.index
    size = proof?.size
    root = proof?.root.hex
    signatures = stored.said.signatures.map { signature in
      let id = (0..<4).map { UInt8(truncatingIfNeeded: signature.keyID >> (24 - 8 * UInt32($0))) }
      return Signature(
        name: String(decoding: signature.name, as: UTF8.self), key: Hex.encode(id),
        role: signature.role.rawValue, mathematics: signature.verdict.rawValue,
        time: signature.time)
    }
  }
}

extension ExpectedItem {
  /// Items whose digests were checked and hold, by id.
  static func all(_ report: Report) -> [String: ExpectedItem] {
    var items: [String: ExpectedItem] = [:]
    for item in report.listing where item.digests == .holds {
      guard let sha256 = item.sha256, let size = item.size else { continue }
      items["\(item.id)"] = ExpectedItem(sha256: sha256.hex, size: size)
    }
    return items
  }
}
