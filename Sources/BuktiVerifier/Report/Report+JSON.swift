import BuktiFormat

extension Report {
  /// The report as `spec/report.schema.json` describes it; the same bundle gives the same bytes.
  public func json() -> String { document().text }

  /// The same on one line, for many reports in one stream.
  /// - Parameter path: which file it is about, in printable characters.
  public func jsonLine(path: String? = nil) -> String { document(path).line }

  private func document(_ path: String? = nil) -> JSON {
    var fields: [String: JSON] = [
      "report": .integer(1),
      "bundle": bundle.json,
      "claims": .object(
        Dictionary(uniqueKeysWithValues: claims.map { ($0.rawValue, .string($1.rawValue)) })),
      "findings": .array(findings.map { json($0) }),
      "seals": .array(seals.map(\.json)),
      "receipts": .array(receipts.map(\.json)),
      "log-proofs": .array(logProofs.map(\.json)),
      "not-shown": .array(notShown.map { .string($0) }),
    ]
    if let path { fields["path"] = .string(path) }
    if let coverage { fields["coverage"] = coverage.json }
    if findingsDropped > 0 { fields["findings-dropped"] = .integer(findingsDropped) }
    return .object(fields)
  }

  private func json(_ finding: Finding) -> JSON {
    .object([
      "code": .string(finding.code.rawValue),
      "claim": .string(finding.claim.rawValue),
      "effect": .string(finding.effect.rawValue),
      "record": .optional(finding.record),
      "volume": .optional(finding.volume.map { UInt64($0) }),
      "offset": .optional(finding.offset),
      "length": .optional(finding.length),
      "item": .optional(finding.item),
      "message": .string(message(finding)),
      "do": .string(finding.code.advice),
    ])
  }
}

extension BundleFacts {
  fileprivate var json: JSON {
    .object([
      "id": .string(id.uuid),
      "volumes": .integer(UInt64(volumes)),
      "bytes": .integer(bytes),
      "records": .integer(records),
      "items": .optional(items),
      "plain-bytes": .integer(plainBytes),
      "root": .optional(root?.hex),
      "closed": isClosed.map { .bool($0) } ?? .null,
      "branch": .optional(branch.map { Hex.encode($0.bytes) }),
      "case": self.case.map(\.json) ?? .null,
    ])
  }
}

extension Genesis.Case {
  var json: JSON {
    var fields: [String: JSON] = ["number": .string(number)]
    if let title { fields["title"] = .string(title) }
    if let agency { fields["agency"] = .string(agency) }
    return .object(fields)
  }
}

extension SealReport {
  fileprivate var json: JSON {
    var fields: [String: JSON] = [
      "record": .integer(record),
      "size": .integer(size),
      "root": .optional(root?.hex),
      "status": .string(status.rawValue),
      "signatures": .array(signatures.map(\.json)),
    ]
    if !counterSignatures.isEmpty {
      fields["counter-signatures"] = .array(counterSignatures.map(\.json))
    }
    return .object(fields)
  }
}

extension SealSignature {
  var json: JSON { .object(fields.merging(["counts": .bool(counts)]) { first, _ in first }) }

  fileprivate var fields: [String: JSON] {
    [
      "certificate": .optional(certificate?.hex),
      "mathematics": .string(mathematics),
      "trust": .string(trust.rawValue),
      "subject": .optional(subject),
      "reason": .string(reason),
    ]
  }
}

extension CounterSignature {
  fileprivate var json: JSON {
    .object(signature.fields.merging(["record": .integer(record)]) { first, _ in first })
  }
}

extension ReceiptReport {
  package var json: JSON {
    .object([
      "origin": .string(receipt.origin),
      "size": .integer(receipt.size),
      "root": .string(receipt.root.hex),
      "outcome": .string(finding?.rawValue ?? "holds"),
    ])
  }
}
