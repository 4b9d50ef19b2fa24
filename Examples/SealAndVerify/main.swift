// seal-and-verify FILE
//
// Seals a file into case.bukti with a key that dies with the process, verifies the bundle, and extracts it to out/.
import BuktiExtractor
import BuktiFormat
import BuktiStore
import BuktiTrust
import BuktiVerifier
import BuktiWriter
import Glibc

let now = Int64(time(nil))
let timestamp = Timestamp(instant: now * 1_000_000_000, source: "system clock")

func seal(_ path: String, in bundle: String) throws -> SealReceipt {
  let key = try Identity.runKey(IdentitySubject(name: "Example Examiner"), now: now)
  let examiner = Person(name: "Example Examiner")
  let tool = Tool(name: "seal-and-verify", version: "1")
  let genesis = Genesis(
    case: Genesis.Case(number: "EX-1"), creator: examiner, tool: tool, time: timestamp)
  let session = Session(
    who: examiner, why: "an example", host: BuktiFormat.Host(name: "laptop"), tool: tool,
    time: timestamp, policy: Policy(certificates: [key.certificate.fingerprint], needed: 1))
  var writer = try BundleWriter.create(
    at: Array(bundle.utf8), genesis: genesis, session: session,
    options: WriterOptions(now: { timestamp }))
  let name = Array(path.utf8)
  let added = try writer.add(
    SourceFile.open(at: name), as: ItemDescription(kind: .file, name: name))
  print("item \(added.id): \(added.size) bytes, \(added.state)")
  let receipt = try writer.seal([key])
  try writer.finish()
  return receipt
}

do {
  let receipt = try seal(CommandLine.arguments[1], in: "case.bukti")

  var options = VerificationOptions(time: now)
  options.receipts = [try Checkpoint(receipt: receipt.checkpoint)]
  let volumes = try BundleVolumes.open(at: Array("case.bukti".utf8))
  let report = try BundleVerifier(options).verify(
    storages: volumes, progress: { print("\($0.bytes) bytes") }, isCancelled: { false })
  // Nobody is trusted here, so that who signed is not established: the bundle is intact and complete all the same.
  for claim in Claim.allCases { print(claim.rawValue, report.claims[claim]?.rawValue ?? "-") }

  let result = try Extractor(VerificationOptions(time: now))
    .extractAll(volumes, to: Array("out".utf8))
  for item in result.items { print(item.status, String(decoding: item.path ?? [], as: UTF8.self)) }
} catch {
  print(error)
  exit(1)
}
