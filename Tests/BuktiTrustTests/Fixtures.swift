import BuktiFormat
import BuktiTrust

let checkpoint = Array(
  "bukti/1/6a1b8f6e-0c7e-4a52-9d0e-2f6f4f1f3c11\n42\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    .utf8)

/// 2026-03-01 12:00:00 UTC.
let noon: Int64 = 1_772_366_400
let year: Int64 = 31_557_600

/// A key that lives for the whole test run: making one costs little, sealing with it nothing.
let alice = run(IdentitySubject(name: "Alice Ndiaye", role: "Examiner", agency: "Laboratory 4"))
let bob = run(IdentitySubject(name: "Bob Øster"))

private func run(_ subject: IdentitySubject) -> SigningKey {
  guard let key = try? Identity.runKey(subject, now: noon) else { fatalError("no key") }
  return key
}

func seal(_ key: SigningKey = alice, _ content: [UInt8] = checkpoint) throws -> [UInt8] {
  try CheckpointSigner.sign(checkpoint: content, key: key, signingTime: noon + 60)
}

func check(
  _ cms: [UInt8], _ content: [UInt8] = checkpoint, roots: [Certificate] = [],
  pins: Set<Hash> = [], at time: Int64 = noon + 3600
) -> SignatureReport {
  SignatureCheck.evaluate(cms: cms, content: content, roots: roots, pins: pins, at: time)
}

extension Array where Element: Equatable {
  /// Where `part` starts, first time.
  func firstRange(of part: [Element]) -> Range<Int>? {
    guard !part.isEmpty, part.count <= count else { return nil }
    for start in 0...(count - part.count) where self[start..<(start + part.count)] == part[...] {
      return start..<(start + part.count)
    }
    return nil
  }
}
