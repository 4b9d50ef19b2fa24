import ArgumentParser
import BuktiConsole
import BuktiFormat
import BuktiStore
import BuktiTrust
import BuktiVerifier

struct IdentityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "identity",
    abstract: "Makes and shows the key and certificate that you seal with.",
    discussion: """
      Whoever verifies trusts your certificate by its fingerprint, or by the national PKI that issued it.

        bukti identity create examiner.pem --name "Example Examiner"
        bukti identity show examiner.pem --fingerprint
      """,
    subcommands: [Create.self, Show.self])
}

extension IdentityCommand {
  struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Makes a key and a self-signed certificate for it.",
      usage: "bukti identity create <file> --name <name> [<options>]",
      discussion: """
        FILE gets the certificate and the encrypted key (mode 0600), FILE's name with .cert.pem the \
        certificate to give to courts and colleagues. They trust it by its fingerprint, which you read \
        to them by phone or hand over on paper. Whoever has a certificate of a national PKI puts it and \
        its encrypted PKCS#8 key into one PEM file instead.

          bukti identity create examiner.pem --name "Example Examiner" --agency "Police"
        """)

    @Argument(help: "File to create, such as examiner.pem.")
    var file: RawPath

    @Option(help: "Your name, as a court will read it.")
    var name: String

    @Option(help: "Your role.")
    var role: String?

    @Option(help: "Your agency.")
    var agency: String?

    @Option(help: "Kind of key: \(Kind.all).")
    var key: Kind = .p256

    @OptionGroup var password: PasswordOptions

    mutating func run() throws {
      let subject = IdentitySubject(name: name, role: role, agency: agency)
      var secret = try password.new(for: file.text)
      defer { Password.wipe(&secret) }
      let now = try SystemClock().now().instant.seconds
      let identity = try Identity.create(subject, kind: key.kind, password: secret, now: now)
      let target = IdentityFile(path: file)
      try target.write(identity)
      try Console.print(
        """
        Key and certificate: \(file.text) (keep it to yourself)
        Certificate:         \(target.certificatePath.text) (give it away)
        Fingerprint:         \(identity.certificate.fingerprint.hex)
        """)
    }

    enum Kind: String, ExpressibleByArgument, CaseIterable {
      case p256, p384, rsa3072
      static var all: String { allCases.map(\.rawValue).joined(separator: ", ") }
      var kind: KeyKind {
        switch self {
        case .p256: .p256
        case .p384: .p384
        case .rsa3072: .rsa3072
        }
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows an identity's certificate and its fingerprint.",
      discussion: """
        Whoever verifies compares the fingerprint with what the signer says by phone or on paper.

          bukti identity show examiner.pem
          bukti identity show examiner.cert.pem --fingerprint
        """)

    @Argument(help: "An identity or a certificate in PEM.")
    var file: RawPath

    @Flag(help: "Print the fingerprint only.")
    var fingerprint = false

    mutating func run() throws {
      let certificate = try IdentityFile(path: file).certificate()
      guard !fingerprint else { return try Console.write(certificate.fingerprint.hex + "\n") }
      try Console.print(
        """
        Subject:     \(printable(certificate.subject))
        Key:         \(certificate.keyKind)
        Fingerprint: \(certificate.fingerprint.hex)
        Valid:       \(UTC.text(seconds: certificate.notBefore)) to \(UTC.text(seconds: certificate.notAfter))
        """)
    }
  }
}
