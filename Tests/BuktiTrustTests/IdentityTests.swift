import BuktiFormat
import BuktiTrust
import Testing

private let password = Array("correct horse".utf8)

@Test(arguments: KeyKind.allCases)
func identitiesOpenWithTheirPassword(_ kind: KeyKind) throws {
  let made = try Identity.create(
    IdentitySubject(name: "Ana Åkesson", role: "Examiner", agency: "Police, North"), kind: kind,
    password: password, now: noon)
  let key = try SigningKey(
    pem: made.encryptedKey, password: password, certificate: made.certificate)
  #expect(check(try seal(key)).signers.first?.isSound == true)
  #expect(made.certificate.subject == "CN=Ana Åkesson,OU=Examiner,O=Police\\, North")
  #expect(made.certificate.notBefore == noon)
  #expect(abs(made.certificate.notAfter - noon - 30 * year) < 10 * 86_400)
  #expect(["EC P-256", "EC P-384", "RSA 3072"].contains(made.certificate.keyKind))
  for wrong in [Array("Correct horse".utf8), password + [10], [], [0]] {
    #expect(throws: BuktiError(.keyPassword)) {
      try SigningKey(pem: made.encryptedKey, password: wrong, certificate: made.certificate)
    }
  }
  #expect(throws: BuktiError(.keyPassword)) {
    try SigningKey(pem: made.encryptedKey, password: nil, certificate: made.certificate)
  }
  #expect(throws: BuktiError(.keyInvalid)) {
    try SigningKey(pem: made.encryptedKey, password: password, certificate: alice.certificate)
  }
}

@Test func theKeyFileIsWhatItSays() throws {
  let made = try Identity.create(IdentitySubject(name: "A"), password: password, now: noon)
  let shell = try Shell()
  try shell.write("key.pem", made.encryptedKey)
  try shell.write("cert.pem", made.certificate.pem())
  try shell.run("openssl asn1parse -in key.pem && cp log key.txt")
  let key = String(decoding: try shell.read("key.txt"), as: UTF8.self)
  for part in ["PBES2", "PBKDF2", "hmacWithSHA256", "aes-256-cbc", ":0927C0"] {
    #expect(key.contains(part), "\(part)")  // 0927C0 is 600,000
  }
  try shell.run("openssl x509 -in cert.pem -noout -text && cp log cert.txt")
  let text = String(decoding: try shell.read("cert.txt"), as: UTF8.self)
  for part in [
    "Version: 3", "CA:FALSE", "Digital Signature, Non Repudiation", "X509v3 Key Usage: critical",
    "X509v3 Basic Constraints: critical", "Subject Key Identifier",
  ] {
    #expect(text.contains(part), "\(part)")
  }
  try shell.run("openssl x509 -in cert.pem -outform DER -out cert.der && sha256sum cert.der")
  let sum = String(decoding: try shell.read("log").prefix(64), as: UTF8.self)
  #expect(sum == made.certificate.fingerprint.hex)
  #expect(try Certificate(shell.read("cert.der")) == made.certificate)
  #expect(try Certificate(shell.read("cert.pem")) == made.certificate)
}

@Test func namesAreChecked() {
  for name in ["", String(repeating: "x", count: 65), "a\0b"] {
    #expect(throws: BuktiError(.keyInvalid)) {
      try Identity.runKey(IdentitySubject(name: name), now: noon)
    }
    #expect(throws: BuktiError(.keyInvalid)) {
      try Identity.runKey(IdentitySubject(name: "A", agency: name), now: noon)
    }
  }
  #expect(throws: BuktiError(.keyPassword)) {
    try Identity.create(IdentitySubject(name: "A"), password: [], now: noon)
  }
}

@Test(arguments: [
  "ed25519", "rsa -pkeyopt rsa_keygen_bits:2048", "ec -pkeyopt ec_paramgen_curve:secp256k1",
])
func otherKeysAreRefused(_ algorithm: String) throws {
  let shell = try Shell()
  try shell.run("openssl genpkey -algorithm \(algorithm) -out key.pem")
  try shell.run("openssl req -x509 -key key.pem -subj /CN=A -out cert.pem")
  let certificate = try Certificate(shell.read("cert.pem"))
  let pem = try shell.read("key.pem")
  #expect(throws: BuktiError(.keyInvalid)) {
    try SigningKey(pem: pem, password: nil, certificate: certificate)
  }
}

@Test func brokenFilesAreRefused() throws {
  let made = try Identity.create(IdentitySubject(name: "A"), password: password, now: noon)
  let pem = try made.certificate.pem()
  for bytes in [[], [0x30], Array("nothing".utf8), Array(pem.dropLast(40)), pem + pem] {
    #expect(throws: BuktiError(.certificateInvalid)) { try Certificate(bytes) }
  }
  #expect(throws: BuktiError(.certificateInvalid)) { try Certificate(made.certificate.der + [0]) }
  #expect(try Certificate.all(in: pem + pem).count == 2)
  for bytes in [[], pem, Array(made.encryptedKey.dropLast(60)), Array("nothing".utf8)] {
    #expect(throws: BuktiError(.keyInvalid)) {
      try SigningKey(pem: bytes, password: password, certificate: made.certificate)
    }
  }
}
