import BuktiFixtures
import BuktiFormat
import FoundationEssentials
import Testing

/// The numbers in the code against those in `spec/registry.md`.
@Suite struct RegistryTests {
  /// The cells of each row of the table below a heading.
  private func rows(_ heading: String) throws -> [[String]] {
    let text = try String(contentsOfFile: repositoryPath("spec/registry.md"), encoding: .utf8)
    let lines = text.split(separator: "\n")
    let start = try #require(lines.firstIndex(of: Substring(heading)))
    return lines[(start + 1)...].prefix { !$0.hasPrefix("#") }.filter { $0.hasPrefix("|") }
      .dropFirst(2).map { line in
        line.split(separator: "|").map { String(trimming($0)) }
      }
  }

  private func trimming(_ cell: Substring) -> Substring {
    cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed().map(String.init).joined()[...]
  }

  @Test func recordTypes() throws {
    let rows = try rows("## Record types").filter { UInt8($0[0]) != nil }
    #expect(rows.count == 17)
    for row in rows {
      let type = RecordType(rawValue: try #require(UInt8(row[0])))
      #expect(type.isKnown && !type.isOptional)
      #expect(type.description == row[1])
      #expect(type.isWithholdable == (row[4] == "yes"))
      for codec: UInt8 in 0...2 {
        var core = validHeader(type).core
        core.codec = Codec(rawValue: codec)
        let allowed = row[2].split(separator: " ").contains(Substring(String(codec)))
        #expect((code { try core.checkCodec() } == nil) == allowed)
      }
      for itemID: UInt64 in 0...1 {
        var core = validHeader(type).core
        core.itemID = itemID
        let allowed = row[3] == "any" || (row[3] == "0") == (itemID == 0)
        #expect((code { try core.checkItem() } == nil) == allowed)
      }
    }
    #expect(!RecordType(rawValue: 0).isKnown && !RecordType(rawValue: 18).isKnown)
    #expect(RecordType(rawValue: 128).isOptional && !RecordType(rawValue: 127).isOptional)
    #expect(RecordType(rawValue: 128).description == "type 128")
  }

  @Test func limits() throws {
    let values: [String: UInt64] = [
      "max-plain-length": Limits.maxPlainLength, "max-index-length": Limits.maxIndexLength,
      "max-open-items": UInt64(Limits.maxOpenItems), "max-names": UInt64(Limits.maxNames),
      "max-uncovered": UInt64(Limits.maxUncovered),
      "max-marks": UInt64(Limits.maxMarks), "max-signatures": UInt64(Limits.maxSignatures),
      "max-cms-length": UInt64(Limits.maxCMSLength), "max-cms-depth": UInt64(Limits.maxCMSDepth),
      "max-signers": UInt64(Limits.maxSigners), "max-certificates": UInt64(Limits.maxCertificates),
      "max-candidates": UInt64(Limits.maxCandidates), "max-depth": UInt64(Limits.maxDepth),
      "max-values": Limits.maxValues, "max-tails": UInt64(Limits.maxTails),
      "max-index-level": UInt64(Limits.maxIndexLevel),
      "max-proof-body": UInt64(Limits.maxProofBody),
      "max-proof-records": UInt64(Limits.maxProofRecords),
      "max-proof-range": Limits.maxProofRange,
      "max-proof-frames": Limits.maxProofFrames,
      "max-log-proof": UInt64(Limits.maxLogProof), "max-log-path": UInt64(Limits.maxLogPath),
      "max-log-signatures": UInt64(Limits.maxLogSignatures),
      "run": Limits.run, "fan-out": Limits.fanOut,
      "default-chunk": UInt64(Limits.defaultChunk), "default-max-plain": Limits.defaultMaxPlain,
    ]
    for row in try rows("## Limits") where row[0] != "max-item-end" {
      #expect(UInt64(row[1]) == values[row[0]], "\(row[0])")
    }
    #expect(Limits.maxItemEnd == 72_057_594_037_927_935)
  }

  @Test func formOfSignatures() throws {
    let rows = try rows("## Form of a signature")
    #expect(rows.count == SignatureShape.forms.count)
    for row in rows { #expect(SignatureShape.forms[row[0]] == row[1], "\(row[0])") }
  }

  @Test func namesOfNumbers() throws {
    let known: [String: [String]] = [
      "item kind": ItemKind.names, "item state": ItemState.names, "event kind": EventKind.names,
      "attest kind": AttestKind.names, "accepted because": AcceptedBecause.names,
    ]
    let rows = try rows("## Names of numbers")
    #expect(rows.count == known.count)
    for row in rows { #expect(row[1].split(separator: " ").map(String.init) == known[row[0]]) }
    expectNumbers(ItemKind.self, from: 1)
    expectNumbers(ItemState.self, from: 1)
    expectNumbers(GapKind.self, from: 1)
    expectNumbers(EventKind.self, from: 1)
    expectNumbers(Reverified.self, from: 1)
    expectNumbers(AttestKind.self, from: 1)
    expectNumbers(AcceptedBecause.self, from: 1)
    expectNumbers(TimestampPolicy.self, from: 0)
    expectNumbers(FurtherDigest.self, from: 2)
  }

  /// A name for each number, and no hole among them.
  private func expectNumbers<T: Numbered>(_ type: T.Type, from first: UInt64) {
    #expect(T.allCases.map(\.rawValue) == (first..<first + UInt64(T.names.count)).map { $0 })
    #expect(T.allCases.map(\.description) == T.names)
  }

  @Test func codes() throws {
    let refusals = try rows("## Refusals").map { $0[0] }
    let findings =
      try rows("## Findings") + rows("## Findings of a reader that was told to read less")
    let tools = try rows("## Errors of tools").map { $0[0] }
    let once = refusals + findings.map { $0[0] } + tools
    #expect(Set(once).count == once.count)
    let proofs = try rows("## Refusals of a proof") + rows("## Findings of a proof")
    let listed = once + proofs.map { $0[0] }
    let known = Set(ErrorCode.allCases.map(\.rawValue))
    #expect(Set(listed).subtracting(known).sorted() == [])
    #expect(known.subtracting(listed).sorted() == [])
    for row in findings {
      let code = try #require(ErrorCode(rawValue: row[0]))
      #expect(code.claim?.rawValue == row[1], "\(code)")
      #expect(code.effect?.rawValue == row[2], "\(code)")
    }
    let ofProofs = proofs.map { $0[0] }.filter { !once.contains($0) }
    for name in refusals + tools + ofProofs {
      let code = try #require(ErrorCode(rawValue: name))
      #expect(code.claim == nil && code.effect == nil, "\(code)")
    }
  }

  @Test func codesOfProofs() throws {
    let rows = try rows("## Findings of a proof")
    for row in rows {
      let code = try #require(ErrorCode(rawValue: row[0]))
      #expect(code.proofClaim?.rawValue == row[1], "\(code)")
      #expect(code.proofEffect?.rawValue == row[2], "\(code)")
    }
    // What is not listed is a check of one record, and fails.
    let listed = Set(rows.map { $0[0] })
    for code in ErrorCode.allCases where !listed.contains(code.rawValue) {
      guard let claim = code.proofClaim else { continue }
      #expect(claim == .included && code.proofEffect == .fails && code.claim == .intact, "\(code)")
    }
    for row in try self.rows("## Refusals of a proof") {
      #expect(ErrorCode(rawValue: row[0])?.proofClaim == nil)
    }
  }
}
