import BuktiCampaigns
import Glibc

/// Runs one campaign in full and says what came of it.
func run(_ name: String, _ campaign: () throws -> Outcomes) throws -> Bool {
  let start = ContinuousClock.now
  let outcomes = try campaign()
  let seconds = (ContinuousClock.now - start).components.seconds
  print(
    "\(name): \(outcomes.cases) cases, \(outcomes.failures.count) not as they must be, \(seconds) s"
  )
  for failure in outcomes.failures.prefix(20) { print("  \(failure)") }
  fflush(nil)
  return outcomes.failures.isEmpty
}

let results: [Bool]
switch CommandLine.arguments.dropFirst().first {
case "flips":
  let golden = try Golden()
  results = [
    try run("truncations") { try CutCampaign.run(golden) },
    try run("bit flips") { FlipCampaign.run(golden) },
  ]
case "tamper":
  results = [
    try run("deletions, exchanges, repetitions, splices") { try TamperCampaign.run() },
    try run("rollbacks") { try RollbackCampaign.run() },
    try run("withheld records") { try WithholdCampaign.run() },
    try run("forged tails") { try ForgedTailCampaign.run() },
  ]
case "changes":
  results = [try run("files that change while they are read") { try ChangingSourceCampaign.run() }]
case "size":
  let arguments = CommandLine.arguments.dropFirst(2)
  results = try size(in: arguments.first ?? ".", Array(arguments.dropFirst()))
case "seals":
  results = [try run("seals") { try SealsCampaign.run { print($0.text) } }]
case "reads":
  let arguments = Array(CommandLine.arguments.dropFirst(2))
  guard let bundle = arguments.first else { exit(64) }
  results = try reads(
    of: bundle, count: max(1, arguments.dropFirst().first.flatMap { Int($0) } ?? 20_000))
case "openings":
  let arguments = Array(CommandLine.arguments.dropFirst(2))
  results = try openings(
    in: arguments.first ?? ".", arguments.dropFirst().compactMap { UInt64($0) }.filter { $0 > 0 })
case "engines":
  let count = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 1_200_000
  results = [try run("DEFLATE streams") { EngineCampaign.run(0..<count) }]
case "crash":
  let workload = try CrashWorkload(Office.key("Examiner"))
  var campaign = CrashCampaign(workload)
  let step = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 3
  let isRight = try run("losses of power") { campaign.run(step: step) }
  print(
    "  \(campaign.ends) ends, \(campaign.recoveries) recoveries, \(campaign.interrupted) of them interrupted"
  )
  let unnoticed = RecordingDisk.Omission.allCases.filter {
    CrashCampaign.notices($0, workload) == nil
  }
  for omission in unnoticed { print("  a writer without \(omission) is not noticed") }
  results = [isRight, unnoticed.isEmpty]
default:
  print(
    """
    usage: bukti-campaign flips | tamper | changes | seals | engines [STREAMS] | \
    size [FOLDER [PART …]] | openings [FOLDER [FRAMES …]] | crash [STEP] | reads BUNDLE [COUNT]
    """)
  exit(64)
}
exit(results.contains(false) ? 1 : 0)
