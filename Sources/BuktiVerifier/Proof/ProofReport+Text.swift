import BuktiFormat

extension ProofReport {
  /// The report for people: what was shown, each claim, findings, signatures, and what is not shown.
  ///
  /// Nothing in it can steer a terminal. The same proof gives the same text.
  /// - Parameters:
  ///   - width: columns to wrap at; at least 40.
  ///   - emphasis: what becomes of the word that says how a claim stands, as in colour.
  public func text(
    width: Int = 80, emphasis: (_ word: String, _ outcome: Outcome) -> String = { word, _ in word }
  ) -> String {
    var page = Page(width: max(width, 40))
    if let subject { write(subject, &page) } else { page.line("Nothing is shown.") }
    page.heading("Claims")
    for claim in ProofClaim.allCases {
      let outcome = claims[claim] ?? .notEstablished
      let name = claim.rawValue + String(repeating: " ", count: max(0, 12 - claim.rawValue.count))
      page.line(name + emphasis(outcome.rawValue.uppercased(), outcome))
      for reason in reasons(claim, outcome) { page.paragraph(reason, indent: 12) }
    }
    writeFindings(&page)
    writeSignatures(&page)
    page.write(receipts) { Words.ofProof($0).message }
    page.heading("Not shown")
    for line in notShown { page.paragraph(line, bullet: "- ") }
    return page.text
  }

  private func write(_ subject: ProofSubject, _ page: inout Page) {
    page.line("Bundle \(subject.bundleID.uuid)")
    if let known = subject.case {
      let parts = [known.number, known.title, known.agency].compactMap { $0 }
      page.paragraph("It says: case \(parts.map(printable).joined(separator: ", "))")
    }
    if let branch = subject.branch { page.line("Branch \(Hex.encode(branch.bytes))") }
    let included = claims[.included] == .fails ? ", as the proof has it" : ""
    page.paragraph(
      "Item #\(subject.itemID), record \(subject.itemRecord) of the \(subject.records) records under the root below\(included)."
    )
    page.paragraph("Root \(subject.root.hex)")
    if let item = subject.item {
      page.paragraph("\(item.kind), \(item.state), \(item.size) bytes: \(printable(item.name))")
      if let sha256 = item.digests?.sha256 { page.paragraph("SHA-256 \(sha256.hex)") }
      if let exhibit = item.exhibit { page.paragraph("Exhibit \(printable(exhibit))") }
    }
    if let range = subject.range, let sha256 = subject.rangeSHA256 {
      let last = range.offset + (range.length - 1)
      page.paragraph(
        "Bytes \(range.offset) to \(last) of it, from \(range.frames) frame(s). SHA-256 \(sha256.hex)"
      )
    }
    let session = subject.session
    let who = [session.who.name, session.who.agency].compactMap { $0 }.map(printable)
    let time = session.time.instant.map { ", by its clock from \(UTC.text(nanoseconds: $0)) on" }
    page.paragraph(
      "Its session, record \(subject.sessionRecord), says: \(who.joined(separator: ", "))\(time ?? ""): \(printable(session.why))"
    )
  }

  /// Why a claim is what it is.
  private func reasons(_ claim: ProofClaim, _ outcome: Outcome) -> [String] {
    let effects: [Effect] =
      switch outcome {
      case .fails: [.fails]
      case .notEstablished: [.open]
      case .holds: [.exception, .note]
      }
    let reasons = findings.filter { $0.claim == claim && effects.contains($0.effect) }
      .map(\.message)
    if !reasons.isEmpty { return reasons }
    return outcome == .holds
      ? [claim.meaning] : ["Not judged: the proof does not lead to the seal."]
  }

  private func writeFindings(_ page: inout Page) {
    page.heading(findings.isEmpty ? "Findings: none" : "Findings")
    for (number, finding) in findings.enumerated() {
      let place = finding.record.map { ", record \($0)" } ?? ""
      page.line(
        "\(number + 1). \(finding.code.rawValue) (\(finding.claim.rawValue), \(finding.effect.words)\(place))"
      )
      page.paragraph(finding.message, indent: 3)
      page.paragraph("Do: \(finding.advice)", indent: 3)
    }
  }

  private func writeSignatures(_ page: inout Page) {
    page.heading(signatures.isEmpty ? "Signatures: none" : "Signatures")
    for signature in signatures { page.write(signature) }
    if signatures.isEmpty { return }
    page.paragraph(
      "Paths were judged for \(UTC.text(seconds: time)), with \(rootsGiven) root(s) and "
        + "\(pinsGiven) fingerprint(s) given. To repeat the check with openssl:")
    page.line("   bukti verify-proof FILE --export DIR")
    page.line("   openssl cms -verify -cades -binary -purpose any -inform DER \\")
    page.line("     -in DIR/signature.p7s -content DIR/checkpoint.txt \\")
    page.line("     -CAfile roots.pem -out /dev/null")
  }
}

extension ProofClaim {
  /// What it says when nothing speaks against it.
  fileprivate var meaning: String {
    switch self {
    case .included:
      "This record stood in the bundle, at this place, under the root that the seal states."
    case .counted: "It counted when the seal was made: no session up to there had refused it."
    case .content: "The bytes, given beside the proof or in it, are those that were sealed."
    case .signedBy:
      "The seal has the signatures that its session asks for, by signers whom you said you trust."
    case .existedBy: "Time-stamps show since when it exists."
    }
  }
}
