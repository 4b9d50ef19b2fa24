import Testing

/// What the command says about itself.
@Suite struct HelpTests {
  private let scene: Scene

  init() throws { scene = try Scene() }

  @Test(arguments: [
    "seal", "append", "verify", "info", "list", "show", "extract", "cat", "receipt", "export-seal",
    "note", "close",
    "identity create", "identity show",
  ])
  func everyCommandHasAnExample(command: String) throws {
    let outcome = try scene.run("COLUMNS=80 bukti \(command) --help")
    #expect(outcome.exit == 0)
    #expect(outcome.err == "")
    #expect(outcome.out.contains("\n  bukti \(command) "), "\(outcome)")
    #expect(outcome.out.split(separator: "\n").allSatisfy { $0.count <= 80 })
    #expect(try scene.run("bukti help \(command)").out == outcome.out)
  }

  @Test func version() throws {
    let outcome = try scene.run("bukti --version")
    #expect(outcome.exit == 0)
    #expect(outcome.out.contains(/^bukti [0-9]+\.[0-9]+\.[0-9]+\nformat 1\.0\n/))
    #expect(outcome.out.contains("OpenSSL 3."))
    #expect(outcome.out.contains("zlib"))
  }

  @Test(arguments: ["nope", "verify", "list --nope x", "show x y", "identity nope", "cat x"])
  func usage(arguments: String) throws {
    let outcome = try scene.run("bukti \(arguments)")
    #expect(outcome.exit == 64)
    #expect(outcome.out == "")
    #expect(outcome.err.contains("Usage: bukti"))
  }

  @Test func identities() throws {
    let made = try scene.run(
      "bukti identity create new.pem --name N --key p384 --password-file password && stat -c %a new.pem"
    )
    #expect(
      made.out == """
        Key and certificate: new.pem (keep it to yourself)
        Certificate:         new.cert.pem (give it away)
        Fingerprint:         <hash>
        600

        """)
    let shown = try scene.run("bukti identity show new.cert.pem")
    #expect(
      shown.out == """
        Subject:     CN=N
        Key:         EC P-384
        Fingerprint: <hash>
        Valid:       <time> to <time>

        """)
    let again = try scene.run("bukti identity create new.pem --name N --password-file password")
    #expect(again.exit == 73)
    let secret = try scene.run("bukti identity create other.pem --name N; [ ! -e other.pem ]")
    #expect(secret.exit == 0)
    #expect(secret.err.contains("--password-file"))
    #expect(try scene.run("grep -q 'BEGIN ENCRYPTED PRIVATE KEY' new.pem").exit == 0)
    #expect(try scene.run("bukti identity create x.pem --name N --key shoe").err.contains("p384"))
  }
}
