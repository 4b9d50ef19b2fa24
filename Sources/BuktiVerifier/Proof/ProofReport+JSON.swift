import BuktiFormat

extension ProofReport {
  /// The report as `spec/proof.schema.json` describes it; the same proof gives the same bytes.
  public func json() -> String {
    JSON.object([
      "proof": .integer(1),
      "bundle": subject.map(\.bundleJSON) ?? .null,
      "session": subject.map(\.sessionJSON) ?? .null,
      "item": subject.map(\.itemJSON) ?? .null,
      "range": subject.map(\.rangeJSON) ?? .null,
      "claims": .object(
        Dictionary(uniqueKeysWithValues: claims.map { ($0.rawValue, .string($1.rawValue)) })),
      "findings": .array(findings.map(\.json)),
      "signatures": .array(signatures.map(\.json)),
      "receipts": .array(receipts.map(\.json)),
      "not-shown": .array(notShown.map { .string($0) }),
    ]).text
  }
}

extension ProofFinding {
  fileprivate var json: JSON {
    .object([
      "code": .string(code.rawValue),
      "claim": .string(claim.rawValue),
      "effect": .string(effect.rawValue),
      "record": .optional(record),
      "message": .string(message),
      "do": .string(advice),
    ])
  }
}

extension ProofSubject {
  fileprivate var bundleJSON: JSON {
    .object([
      "id": .string(bundleID.uuid),
      "branch": .optional(branch.map { Hex.encode($0.bytes) }),
      "records": .integer(records),
      "root": .string(root.hex),
      "case": self.case.map(\.json) ?? .null,
    ])
  }

  fileprivate var sessionJSON: JSON {
    .object([
      "record": .integer(sessionRecord),
      "who": .string(session.who.name),
      "agency": .optional(session.who.agency),
      "why": .string(session.why),
      "time": session.time.instant.map { .string(UTC.text(nanoseconds: $0)) } ?? .null,
    ])
  }

  fileprivate var itemJSON: JSON {
    .object([
      "record": .integer(itemRecord),
      "id": .integer(itemID),
      "name": .optional(item.map { printable($0.name) }),
      "kind": .optional(item?.kind.description),
      "size": .optional(item?.size),
      "state": .optional(item?.state.description),
      "sha256": .optional(item?.digests?.sha256.hex),
      "exhibit": .optional(item?.exhibit),
    ])
  }

  fileprivate var rangeJSON: JSON {
    guard let range, let rangeSHA256 else { return .null }
    return .object([
      "offset": .integer(range.offset),
      "length": .integer(range.length),
      "frames": .integer(range.frames),
      "sha256": .string(rangeSHA256.hex),
    ])
  }
}
