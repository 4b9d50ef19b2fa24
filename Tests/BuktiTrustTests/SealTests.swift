import BuktiFormat
import BuktiTrust
import Testing

private let verify =
  "openssl cms -verify -cades -binary -purpose any -inform DER -in x.p7s -content checkpoint.txt"
  + " -out /dev/null -CAfile "

@Test(arguments: KeyKind.allCases)
func opensslAcceptsASeal(_ kind: KeyKind) throws {
  let key = try Identity.runKey(IdentitySubject(name: "A"), kind: kind, now: noon)
  let shell = try Shell()
  try shell.write("x.p7s", seal(key))
  try shell.write("checkpoint.txt", checkpoint)
  try shell.write("cert.pem", key.certificate.pem())
  try shell.write("other.pem", alice.certificate.pem())
  try shell.run(verify + "cert.pem -attime \(noon + 3600)")
  #expect(!shell.succeeds(verify + "other.pem -attime \(noon + 3600)"))
  try shell.write("checkpoint.txt", checkpoint + [0x0A])
  #expect(!shell.succeeds(verify + "cert.pem -attime \(noon + 3600)"))
}

@Test(arguments: KeyKind.allCases)
func ownSealsAreSound(_ kind: KeyKind) throws {
  let key = try Identity.runKey(IdentitySubject(name: "A"), kind: kind, now: noon)
  let report = check(try seal(key))
  #expect(report.refused == nil && report.signers.count == 1)
  let signer = try #require(report.signers.first)
  #expect(signer.mathematics == .valid && signer.defects.isEmpty && signer.isSound)
  #expect(signer.hasSigningCertificate && signer.claimedTime == noon + 60)
  #expect(signer.certificate == key.certificate)
  #expect(report.certificates == [key.certificate])
  #expect(signer.digestAlgorithm == "sha256")
  #expect(!signer.isAccepted)
}

@Test func attributesAreThoseOfCAdES() throws {
  let shell = try Shell()
  try shell.write("x.p7s", seal())
  try shell.run("openssl cms -cmsout -print -noout -inform DER -in x.p7s && cp log print")
  let print = String(decoding: try shell.read("print"), as: UTF8.self)
  for part in [
    "eContent: <ABSENT>", "contentType", "messageDigest", "signingTime",
    "id-smime-aa-signingCertificateV2",
  ] {
    #expect(print.contains(part), "\(part)")
  }
  #expect(!print.contains("SMIME Capabilities"))
}

@Test func anotherContentDiffers() throws {
  var other = checkpoint
  other[50] ^= 1
  let signer = try #require(check(try seal(), other).signers.first)
  #expect(signer.mathematics == .contentDiffers && !signer.isSound)
  #expect(check(try seal(), []).signers.first?.mathematics == .contentDiffers)
}

/// Trap 1: the signed attributes, presented as the content, carry the same signature.
@Test func strippedAttributesAreRefused() throws {
  let cms = try seal()
  // SignerInfo ::= version, sid, digestAlgorithm, [0] signedAttrs, ...: found by its first attribute.
  let contentType: [UInt8] = [0x30, 0x18, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01]
  let first = try #require(cms.firstRange(of: contentType)).lowerBound
  let head = try #require((first - 4..<first).first { cms[$0] == 0xA0 })
  let shell = try Shell()
  let length = head + 3 == first ? Int(cms[head + 2]) : Int(cms[head + 2]) << 8 | Int(cms[head + 3])
  let attributes = [0x31] + cms[(head + 1)..<(first + length)]
  try shell.write("attributes", attributes)
  try shell.write("whole.p7s", cms)
  try shell.write("strip.py", Array(strip.utf8))
  try shell.run("python3 strip.py whole.p7s \(head) \(first + length) > x.p7s")
  try shell.write("cert.pem", alice.certificate.pem())
  // openssl without -cades accepts what the attacker made, so that the refusal below means something.
  try shell.run(
    "openssl cms -verify -binary -purpose any -inform DER -in x.p7s -content attributes"
      + " -out /dev/null -CAfile cert.pem -attime \(noon + 3600)")
  let report = check(try shell.read("x.p7s"), attributes, roots: [alice.certificate])
  let signer = try #require(report.signers.first)
  #expect(signer.defects.contains(.noSignedAttributes))
  #expect(signer.mathematics != .valid && !signer.isAccepted)
}

/// Cuts bytes out of a DER file and mends the lengths of all that held them.
private let strip = """
  import sys
  data = open(sys.argv[1], "rb").read()
  cut, end = int(sys.argv[2]), int(sys.argv[3])
  def encode(tag, body):
      n = len(body)
      head = bytes([n]) if n < 128 else bytes([0x80 | (n.bit_length() + 7) // 8]) + n.to_bytes((n.bit_length() + 7) // 8, "big")
      return bytes([tag]) + head + body
  def walk(start, stop):
      out = b""
      while start < stop:
          at, tag, n = start + 2, data[start], data[start + 1]
          if n >= 128:
              k = n & 127
              n = int.from_bytes(data[at:at + k], "big")
              at += k
          if start != cut:
              inside = start < cut and end <= at + n
              out += encode(tag, walk(at, at + n)) if inside else data[start:at + n]
          start = at + n
      return out
  sys.stdout.buffer.write(walk(0, len(data)))
  """
