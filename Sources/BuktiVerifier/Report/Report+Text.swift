import BuktiFormat

extension Report {
  /// The report for people: claims first, then each finding, seals, receipts and what is not shown.
  ///
  /// Nothing in it can steer a terminal. The same bundle gives the same text.
  /// - Parameters:
  ///   - width: columns to wrap at; at least 40.
  ///   - emphasis: what becomes of the word that says how a claim stands, as in colour.
  public func text(
    width: Int = 80, emphasis: (_ word: String, _ outcome: Outcome) -> String = { word, _ in word }
  ) -> String {
    var page = Page(width: max(width, 40))
    writeBundle(&page)
    writeClaims(&page, emphasis)
    writeFindings(&page)
    writeSeals(&page)
    writeReceipts(&page)
    writeLogProofs(&page)
    page.heading("Not shown")
    for line in notShown { page.paragraph(line, bullet: "- ") }
    return page.text
  }

  private func writeBundle(_ page: inout Page) {
    page.line("Bundle \(bundle.id.uuid)")
    if let known = bundle.case {
      let parts = [known.number, known.title, known.agency].compactMap { $0 }
      page.paragraph("It says: case \(parts.map(printable).joined(separator: ", "))")
    }
    if let branch = bundle.branch { page.line("Branch \(Hex.encode(branch.bytes))") }
    let items = bundle.items.map { "\($0) item(s)" } ?? "items not known"
    page.paragraph(
      "\(bundle.volumes) volume(s), \(bundle.bytes) bytes, \(bundle.records) record(s), \(items), "
        + "\(bundle.plainBytes) plain bytes read.")
    if let coverage {
      let fact = coverage.leftOut ? "Not all was read" : "Asked for"
      page.paragraph("\(fact): \(coverage.words).")
    }
    page.paragraph("Root of all records: \(bundle.root?.hex ?? "not known")")
  }

  private func writeClaims(_ page: inout Page, _ emphasis: (String, Outcome) -> String) {
    page.heading("Claims")
    for claim in Claim.allCases {
      let outcome = claims[claim] ?? .notEstablished
      let name = claim.rawValue.padded(to: 12)
      page.line(name + emphasis(outcome.rawValue.uppercased(), outcome))
      for reason in reasons(claim, outcome) { page.paragraph(reason, indent: 12) }
    }
  }

  /// One or two plain sentences on why a claim is what it is.
  private func reasons(_ claim: Claim, _ outcome: Outcome) -> [String] {
    let effect: Effect =
      switch outcome {
      case .fails: .fails
      case .notEstablished: .open
      case .holds: .exception
      }
    let (listed, unlisted) = codes(claim, effect)
    let codes = listed + unlisted
    var reasons = codes.prefix(2).map { Words.of($0).message }
    if outcome == .holds, !reasons.isEmpty { reasons.insert("With exceptions:", at: 0) }
    if codes.count > 2 {
      let place = unlisted.isEmpty ? "below" : "not all of them listed below"
      reasons.append("And \(codes.count - 2) other kind(s) of findings, \(place).")
    }
    return reasons.isEmpty ? [claim.meaning] : reasons
  }

  /// Codes of a claim's findings with this effect: in the order of the list, and those that are only counted.
  private func codes(
    _ claim: Claim, _ effect: Effect
  ) -> (listed: [ErrorCode], unlisted: [ErrorCode]) {
    var listed: [ErrorCode] = []
    for finding in findings where finding.claim == claim && finding.effect == effect {
      if !listed.contains(finding.code) { listed.append(finding.code) }
    }
    let unlisted = codes.subtracting(listed).filter { $0.claim == claim && $0.effect == effect }
    return (listed, unlisted.sorted { $0.rawValue < $1.rawValue })
  }

  private func writeFindings(_ page: inout Page) {
    page.heading(findings.isEmpty ? "Findings: none" : "Findings")
    for (number, finding) in findings.enumerated() {
      page.line(
        "\(number + 1). \(finding.code.rawValue) (\(finding.claim.rawValue), \(finding.effect.words))"
      )
      page.paragraph(Words.of(finding.code).message, indent: 3)
      if let place = place(finding) { page.paragraph("Where: \(place).", indent: 3) }
      page.paragraph("Do: \(finding.code.advice)", indent: 3)
    }
    if findingsDropped > 0 {
      page.paragraph(
        "\(findingsDropped) more finding(s) were counted for the claims and are not listed.")
    }
  }

  /// Record, volume, bytes and item, as far as the finding has them.
  private func place(_ finding: Finding) -> String? {
    var parts: [String] = []
    let isCount = Report.counting.contains(finding.code)
    if let record = finding.record {
      if isCount, let count = finding.length, count > 1 {
        parts.append("records \(record) to \(record &+ count &- 1)")
      } else {
        parts.append("record \(record)")
      }
    }
    if let volume = finding.volume, let offset = finding.offset {
      let end = isCount ? nil : finding.bytesEnd
      let range = end.map { "bytes \(offset) to \($0)" } ?? "byte \(offset)"
      parts.append("volume \(volume), \(range)")
    }
    if finding.code == .notRead, let count = finding.length {
      parts.append("\(count) data record(s) from there on")
    }
    if let item = finding.item {
      let name = listing.first { $0.id == item }?.name.map { " \"\(printable($0))\"" } ?? ""
      parts.append("item \(item)\(name)")
    }
    if finding.code == .gap, let length = finding.length { parts.append("\(length) bytes of it") }
    if finding.code == .torn, let length = finding.length { parts.append("\(length) bytes cut") }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  /// Findings whose length counts records.
  private static let counting: Set<ErrorCode> = [
    .adopted, .refused, .removed, .withheld, .unsealed,
  ]
}

extension Finding {
  /// The last byte of what was passed over.
  fileprivate var bytesEnd: UInt64? {
    guard code != .gap, code != .torn, code != .notRead, let offset, let length, length > 0 else {
      return nil
    }
    return offset &+ length &- 1
  }
}

extension Effect {
  var words: String {
    switch self {
    case .fails: "fails"
    case .open: "not established"
    case .exception: "exception"
    case .note: "note"
    }
  }
}

extension Claim {
  /// What it says when nothing speaks against it.
  fileprivate var meaning: String {
    switch self {
    case .intact:
      "Every byte of these files is accounted for and agrees with the digests in them; who wrote them is for signed-by."
    case .complete:
      "All that the bundle declares is there, with a seal over it; whether that seal counts is for signed-by."
    case .signedBy:
      "Every seal that counts has the signatures that its session asks for, by signers whom you said you trust."
    case .existedBy:
      "A time-stamp, or a log's witness whose key you gave, says when the records were there: for the seals named below."
    case .custody:
      "Every hand-over that is recorded has both sides, each signed by its party; whether you trust who sealed is for signed-by."
    }
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, width - count))
  }
}
