import BuktiFormat
import BuktiTrust
import Testing

/// A root, a signer below it, and a time-stamping certificate, made by openssl.
private struct PKI {
  let shell: Shell
  let root: Certificate

  init() throws {
    shell = try Shell()
    try shell.run(
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem"
        + " -subj '/CN=National root' -days 3650")
    root = try Certificate(shell.read("ca.pem"))
  }

  /// A certificate under the root, with extensions as a configuration text.
  func issue(
    _ name: String, _ extensions: String, key: String = "ec -pkeyopt ec_paramgen_curve:P-256"
  )
    throws
  {
    try shell.write("\(name).ext", Array(extensions.utf8))
    try shell.run(
      "openssl req -newkey \(key) -nodes -keyout \(name).key -subj '/CN=\(name)' -out \(name).csr"
        + " && openssl x509 -req -in \(name).csr -CA ca.pem -CAkey ca.key -CAcreateserial"
        + " -extfile \(name).ext -days 365 -out \(name).pem")
  }

  func sign(_ name: String, _ options: String = "-cades") throws -> [UInt8] {
    try shell.write("checkpoint.txt", checkpoint)
    try shell.run(
      "openssl cms -sign -binary -in checkpoint.txt -signer \(name).pem -inkey \(name).key"
        + " -outform DER -out x.p7s \(options)")
    return try shell.read("x.p7s")
  }

  /// Now and a little, by the issued certificate's own dates.
  func now(_ name: String) throws -> Int64 {
    try Certificate(shell.read("\(name).pem")).notBefore + 3600
  }
}

@Test func selfSignedAsRootPinOrNothing() throws {
  let cms = try seal()
  let root = check(cms, roots: [bob.certificate, alice.certificate])
  #expect(root.signers.first?.trust == .root(alice.certificate, .notChecked))
  #expect(root.signers.first?.isAccepted == true)
  let pinned = check(cms, pins: [alice.certificate.fingerprint])
  #expect(pinned.signers.first?.trust == .pinned)
  #expect(pinned.signers.first?.isAccepted == true)
  let stranger = check(cms, roots: [bob.certificate], pins: [bob.certificate.fingerprint])
  #expect(stranger.signers.first?.isSound == true)
  #expect(stranger.signers.first?.isAccepted == false)
}

/// Trap 12: dates bind a path, not a pin.
@Test func datesAreJudgedAtTheStatedTime() throws {
  let cms = try seal()
  let late = noon + 40 * year
  #expect(check(cms, roots: [alice.certificate], at: late).signers.first?.isAccepted == false)
  #expect(check(cms, roots: [alice.certificate], at: noon - 1).signers.first?.isAccepted == false)
  #expect(check(cms, roots: [alice.certificate], at: noon + year).signers.first?.isAccepted == true)
  let pins: Set = [alice.certificate.fingerprint]
  #expect(check(cms, pins: pins, at: late).signers.first?.isAccepted == true)
}

/// Trap 3: what comes along is never a root, and what is for time-stamps is not for seals.
@Test func pathsEndAtGivenRootsOnly() throws {
  let pki = try PKI()
  try pki.issue("signer", "keyUsage=critical,nonRepudiation\n")
  let cms = try pki.sign("signer", "-cades -certfile ca.pem")
  let now = try pki.now("signer")
  let without = check(cms, at: now)
  #expect(without.certificates.contains(pki.root))
  #expect(without.signers.first?.isSound == true && without.signers.first?.isAccepted == false)
  let with = check(cms, roots: [pki.root], at: now)
  #expect(with.signers.first?.trust == .root(pki.root, .notChecked))
  #expect(check(cms, roots: [pki.root], at: now + 40 * year).signers.first?.isAccepted == false)

  try pki.issue("stamper", "extendedKeyUsage=critical,timeStamping\n")
  let stamped = check(try pki.sign("stamper"), roots: [pki.root], at: now)
  #expect(stamped.signers.first?.defects == [.timestampOnly])
  #expect(stamped.signers.first?.certificate?.isTimestampOnly == true)
  #expect(stamped.signers.first?.isAccepted == false)

  try pki.issue("both", "extendedKeyUsage=timeStamping,1.3.6.1.5.5.7.3.36\n")
  #expect(check(try pki.sign("both"), roots: [pki.root], at: now).signers.first?.isAccepted == true)

  try pki.issue("cipher", "keyUsage=critical,keyAgreement\n")
  #expect(check(try pki.sign("cipher"), at: now).signers.first?.defects == [.keyUsage])
}

/// Trap 5: each refusal has its name, and what is not on the list is not evaluated.
@Test func algorithmsAreOnTheListOrNamed() throws {
  let pki = try PKI()
  let rsa = "rsa -pkeyopt rsa_keygen_bits:"
  try pki.issue("rsa", "keyUsage=digitalSignature\n", key: rsa + "2048")
  try pki.issue("short", "keyUsage=digitalSignature\n", key: rsa + "1024")
  try pki.issue(
    "brain", "keyUsage=digitalSignature\n", key: "ec -pkeyopt ec_paramgen_curve:brainpoolP384r1")
  try pki.issue(
    "koblitz", "keyUsage=digitalSignature\n", key: "ec -pkeyopt ec_paramgen_curve:secp256k1")
  try pki.issue(
    "weak", "keyUsage=digitalSignature\n", key: "ec -pkeyopt ec_paramgen_curve:brainpoolP224r1")
  let now = try pki.now("rsa")
  func verdict(_ name: String, _ options: String) throws -> SignerReport {
    try #require(check(try pki.sign(name, "-cades " + options), at: now).signers.first)
  }
  let pss = "-keyopt rsa_padding_mode:pss "
  for (name, options) in [
    ("rsa", ""), ("rsa", "-md sha512"), ("brain", "-md sha384"), ("rsa", pss + "-md sha256"),
  ] {
    #expect(try verdict(name, options).isSound, "\(name) \(options)")
  }
  for (name, options, defect) in [
    ("rsa", "-md sha1", SignatureDefect.sha1), ("rsa", "-md md5", .md5), ("short", "", .shortRSA),
    ("weak", "", .weakCurve), ("koblitz", "", .unknownAlgorithm),
    ("rsa", "-md sha3-256", .unknownAlgorithm),
    ("rsa", "-md sha224", .unknownAlgorithm), ("rsa", pss + "-md sha1", .sha1),
    ("rsa", pss + "-keyopt rsa_mgf1_md:sha1 -md sha256", .sha1),
  ] {
    let signer = try verdict(name, options)
    #expect(signer.defects.contains(defect), "\(name) \(options): \(signer.defects)")
    #expect(signer.mathematics == .notEvaluated(signer.defects), "\(name) \(options)")
    let verdict: SignatureVerdict = defect == .unknownAlgorithm ? .notEvaluated : .invalid
    #expect(signer.verdict == verdict, "\(name) \(options)")
  }
}

/// What takes longer than anyone would wait is not judged at all, however it begins.
@Test func oneByteTooMany() throws {
  let limit = [UInt8](repeating: 0x30, count: Limits.maxCMSLength)
  #expect(check(limit).refused == .malformed)
  #expect(check(limit).verdict == .invalid)
  #expect(check(limit + [0]).refused == .tooMany)
  #expect(check(limit + [0]).verdict == .notEvaluated)
}

/// Trap 6: cards write BER. The three outer values, which all end with the file, get indefinite lengths.
@Test func indefiniteLengthsAreRead() throws {
  let cms = try seal()
  #expect(
    cms[1] == 0x82 && cms[15] == 0xA0 && cms[16] == 0x82 && cms[19] == 0x30 && cms[20] == 0x82)
  let ber =
    [0x30, 0x80] + cms[4..<15] + [0xA0, 0x80, 0x30, 0x80] + cms[23...]
    + [UInt8](repeating: 0, count: 6)
  let shell = try Shell()
  try shell.write("x.p7s", ber)
  try shell.run("openssl cms -cmsout -noout -inform DER -in x.p7s")
  #expect(check(ber, roots: [alice.certificate]).signers.first?.isAccepted == true)
  #expect(check(Array(ber.dropLast())).refused == .malformed)
}

/// Trap 7: two certificates of one issuer, serial number and key differ in ESS alone.
@Test func signingCertificateAttributeDecides() throws {
  let pki = try PKI()
  try pki.issue("signer", "keyUsage=digitalSignature\n")
  try pki.shell.run(
    "openssl x509 -in signer.pem -noout -serial | sed 's/serial=/0x/' > serial"
      + " && openssl x509 -req -in signer.csr -CA ca.pem -CAkey ca.key -set_serial $(cat serial)"
      + " -days 365 -subj /CN=twin -out twin.pem 2>err || (openssl req -new -key signer.key -subj /CN=twin"
      + " | openssl x509 -req -CA ca.pem -CAkey ca.key -set_serial $(cat serial) -days 365 -out twin.pem)"
  )
  let signer = try Certificate(pki.shell.read("signer.pem"))
  let twin = try Certificate(pki.shell.read("twin.pem"))
  #expect(twin != signer)
  let now = try pki.now("signer")
  // The signer's own certificate is left out, the twin comes along.
  let cms = try pki.sign("signer", "-cades -nocerts -certfile twin.pem")
  let hidden = try #require(check(cms, roots: [pki.root], at: now).signers.first)
  #expect(hidden.certificate == nil && hidden.fingerprint == signer.fingerprint)
  // Issuer and serial name the twin, and ESS does not.
  #expect(hidden.defects == [.noCertificate, .otherIdentifier])
  #expect(hidden.mathematics == .notEvaluated([.noCertificate, .otherIdentifier]))
  #expect(hidden.verdict == .invalid)
  let both = try #require(
    check(try pki.sign("signer", "-cades -certfile twin.pem"), at: now).signers.first)
  #expect(both.certificate == signer && both.isSound)
  let plain = try #require(check(try pki.sign("signer", ""), at: now).signers.first)
  #expect(plain.mathematics == .valid && plain.defects == [.noSigningCertificate])
  #expect(plain.verdict == .invalid && !plain.hasSigningCertificate)
}

@Test func signersAreJudgedApart() throws {
  let pki = try PKI()
  try pki.issue("one", "keyUsage=digitalSignature\n")
  try pki.issue("two", "keyUsage=digitalSignature\n")
  var cms = try pki.sign("one", "-cades -signer two.pem -inkey two.key")
  let now = try pki.now("one")
  let whole = check(cms, roots: [pki.root], at: now)
  #expect(whole.signers.count == 2 && whole.signers.allSatisfy(\.isAccepted))
  #expect(Set(whole.signers.compactMap { $0.certificate?.subject }) == ["CN=one", "CN=two"])
  // The last byte belongs to the last signer's signature.
  cms[cms.count - 1] ^= 1
  let broken = check(cms, roots: [pki.root], at: now)
  #expect(broken.signers.map(\.mathematics) == [.valid, .signatureWrong])
  #expect(broken.signers.map(\.verdict) == [.valid, .invalid])
  #expect(broken.signers.map(\.isAccepted) == [true, false])
}

@Test func oneListOfRootsServesManyTasks() async throws {
  let cms = try seal()
  let roots = [bob.certificate, alice.certificate]
  let accepted = await withTaskGroup(of: Bool.self) { group in
    for _ in 0..<64 {
      group.addTask { check(cms, roots: roots).signers.first?.isAccepted == true }
    }
    return await group.reduce(true) { $0 && $1 }
  }
  #expect(accepted)
}

@Test func attachedAndForeignContentIsRefused() throws {
  let pki = try PKI()
  try pki.issue("signer", "keyUsage=digitalSignature\n")
  #expect(check(try pki.sign("signer", "-cades -nodetach")).refused == .attached)
  let other = try pki.sign("signer", "-cades -econtent_type 1.2.3.4")
  #expect(check(other).refused == .notData)
  try pki.shell.run("openssl crl2pkcs7 -nocrl -certfile ca.pem -outform DER -out certs.p7")
  let certificates = check(try pki.shell.read("certs.p7"))
  #expect(certificates.signers.isEmpty)
}
