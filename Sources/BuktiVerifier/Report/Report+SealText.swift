import BuktiFormat

extension Report {
  func writeSeals(_ page: inout Page) {
    page.heading(seals.isEmpty ? "Seals: none" : "Seals")
    let listed = listedSeals
    var hidden = 0
    for (number, seal) in seals.enumerated() {
      guard listed(number, seal) else {
        hidden += 1
        continue
      }
      if hidden > 0 { page.line("\(hidden) seal(s) in between, which all hold: --json lists them") }
      hidden = 0
      page.line(
        "Seal \(number + 1), record \(seal.record), over \(seal.size) records: \(seal.status.rawValue)"
      )
      page.paragraph("Root \(seal.root?.hex ?? "not known")", indent: 3)
      for signature in seal.signatures { page.write(signature) }
      for added in seal.counterSignatures { page.write(added) }
    }
    if seals.isEmpty { return }
    page.paragraph(
      "Paths were judged for \(UTC.text(seconds: time)), with \(rootsGiven) root(s) and "
        + "\(pinsGiven) fingerprint(s) given. To repeat the check of seal N with openssl:")
    page.line("   bukti export-seal BUNDLE --seal N --to DIR")
    page.line("   openssl cms -verify -cades -binary -purpose any -inform DER \\")
    page.line("     -in seal-N.p7s -content seal-N.txt -CAfile roots.pem -out /dev/null")
    if pinsGiven > 0 {
      page.paragraph(
        "For a signer known by fingerprint, roots.pem is that signer's certificate; -partial_chain "
          + "-no_check_time then take it as it is.")
    }
  }

  /// Which seals are written out: of many, the first and last ones and those that do not hold.
  private var listedSeals: (Int, SealReport) -> Bool {
    let count = seals.count
    if count <= 40 { return { _, _ in true } }
    return { number, seal in number < 5 || number >= count - 5 || seal.status != .holds }
  }

  func writeReceipts(_ page: inout Page) { page.write(receipts) { Words.of($0).message } }
}

extension Page {
  mutating func write(_ signature: SealSignature) {
    let who = signature.subject.map { printable($0) } ?? "signer not known"
    let counts = signature.counts ? "counts for its session" : "does not count for its session"
    paragraph(
      "Signature \(signature.mathematics), \(signature.trust.words), \(counts): \(who)", indent: 3)
    writeDetails(of: signature)
  }

  mutating func write(_ added: CounterSignature) {
    let signature = added.signature
    let who = signature.subject.map { printable($0) } ?? "signer not known"
    paragraph(
      "Counter-signature \(signature.mathematics), \(signature.trust.words), added in record "
        + "\(added.record): \(who)", indent: 3)
    writeDetails(of: signature)
  }

  private mutating func writeDetails(of signature: SealSignature) {
    if let certificate = signature.certificate {
      paragraph("Certificate SHA-256 \(certificate.hex)", indent: 6)
    }
    paragraph(printable(signature.reason), indent: 6)
  }

  mutating func write(_ receipts: [ReceiptReport], _ message: (ErrorCode) -> String) {
    heading(receipts.isEmpty ? "Receipts: none given" : "Receipts")
    for receipt in receipts { paragraph(receipt.words(message), bullet: "- ") }
  }
}

extension SignatureTrust {
  fileprivate var words: String {
    switch self {
    case .root: "trusted by a root given"
    case .pinned: "trusted by its fingerprint"
    case .unknown: "signer not established"
    case .notEvaluated: "trust not evaluated"
    }
  }
}

extension ReceiptReport {
  /// Which receipt, and what became of it.
  package var words: String {
    words { Words.of($0).message }
  }

  func words(_ message: (ErrorCode) -> String) -> String {
    let outcome = finding.map { "\($0.rawValue). \(message($0))" } ?? "holds."
    return "\(receipt.origin), \(receipt.size) records, root \(receipt.root.hex): \(outcome)"
  }
}

/// Text from the bundle with everything that could mislead a reader or steer a terminal written out.
package func printable(_ text: String) -> String {
  if text.isHarmless, !text.utf8.contains(UInt8(ascii: "\\")) { return text }
  var out = ""
  for scalar in text.unicodeScalars {
    if scalar == "\\" {
      out += "\\\\"
    } else if scalar.isUnsafeToPrint {
      out += "\\u{\(String(scalar.value, radix: 16))}"
    } else {
      out.unicodeScalars.append(scalar)
    }
  }
  return out
}

/// A name, which need not be text: bytes that are not UTF-8 are written in hexadecimal.
package func printable(_ name: [UInt8]) -> String {
  if let text = String(validating: name, as: UTF8.self) { return printable(text) }
  return name.map { byte in
    (0x20..<0x7F).contains(byte) && byte != UInt8(ascii: "\\")
      ? String(UnicodeScalar(byte)) : "\\x\(Hex.encode([byte]))"
  }.joined()
}
