import ArgumentParser
import BuktiFormat
import BuktiStore
import BuktiTrust

/// Who acts, and why: from flags, then a JSON file, then the certificate, then the terminal.
struct PersonOptions: ParsableArguments {
  @Option(help: "Your name; that of the certificate if left out.")
  var examiner: String?

  @Option(help: "Your role.")
  var role: String?

  @Option(help: "Your agency; that of the certificate if left out.")
  var agency: String?

  @Option(help: "Your badge number.")
  var badge: String?

  @Option(help: "Why the bundle is opened, such as \"seized under order 1/2026\".")
  var why: String?

  @Option(help: ArgumentHelp("Kind of authority: warrant, consent, order …", valueName: "kind"))
  var authority: String?

  @Option(help: ArgumentHelp("Its number; needed with --authority.", valueName: "number"))
  var authorityNumber: String?

  @Option(help: ArgumentHelp("Its scope.", valueName: "text"))
  var authorityScope: String?

  @Option(help: ArgumentHelp("Who issued it.", valueName: "name"))
  var authorityIssuer: String?

  @Option(
    help: ArgumentHelp(
      "JSON with case, examiner, why and authority, instead of flags.", valueName: "file"))
  var caseFile: RawPath?

  func validate() throws {
    if (authority == nil) != (authorityNumber == nil) {
      throw ValidationError("--authority and --authority-number belong together.")
    }
  }

  func person(_ file: CaseFile?, _ certificate: Certificate) throws(BuktiError) -> Person {
    let subject = SubjectParts(certificate.subject)
    let known = examiner ?? file?.examiner?.name ?? subject["CN"]
    guard let name = try known.orAsk("Your name:") else {
      throw BuktiError(.usage, "Nobody is named: give --examiner.")
    }
    return Person(
      name: name, role: role ?? file?.examiner?.role ?? subject["OU"],
      agency: agency ?? file?.examiner?.agency ?? subject["O"],
      badge: badge ?? file?.examiner?.badge, certificate: certificate.fingerprint)
  }

  func reason(_ file: CaseFile?) throws(BuktiError) -> String {
    guard let why = try (why ?? file?.why).orAsk("Why is the bundle opened:") else {
      throw BuktiError(.usage, "Say why the bundle is opened: --why \"seized under order 1/2026\".")
    }
    return why
  }

  func authority(_ file: CaseFile?) -> Authority? {
    if let authority, let authorityNumber {
      return Authority(
        kind: authority, number: authorityNumber, scope: authorityScope, issuer: authorityIssuer)
    }
    return file?.authority.map {
      Authority(kind: $0.kind, number: $0.number, scope: $0.scope, issuer: $0.issuer)
    }
  }
}

/// What the bundle is about; said once, when it is made.
struct CaseOptions: ParsableArguments {
  @Option(help: "Number of the case.")
  var caseNumber: String?

  @Option(help: "Title of the case.")
  var caseTitle: String?

  func details(_ file: CaseFile?, agency: String?) throws(BuktiError) -> Genesis.Case {
    let known = caseNumber ?? file?.case?.number
    guard let number = try known.orAsk("Number of the case:") else {
      throw BuktiError(.usage, "The case needs a number: give --case-number.")
    }
    return Genesis.Case(
      number: number, title: caseTitle ?? file?.case?.title, agency: file?.case?.agency ?? agency)
  }
}

/// The parts of a subject as `CN=…,O=…` writes them.
struct SubjectParts {
  private var parts: [String: String] = [:]

  init(_ subject: String) {
    for part in subject.split(separator: ",") {
      let pair = part.split(separator: "=", maxSplits: 1).map { $0.drop { $0 == " " } }
      if pair.count == 2 { parts[String(pair[0])] = String(pair[1]) }
    }
  }

  subscript(key: String) -> String? { parts[key] }
}
