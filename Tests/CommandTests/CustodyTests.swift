import Testing

/// `bukti custody`: hand-overs from both sides, and the chain that is printed.
@Suite struct CustodyTests {
  private let scene: Scene
  private static let other = """
    other="--identity stranger.pem --password-file password --accept \(Scene.pin) --why w"

    """

  init() throws {
    scene = try Scene()
    try scene.check("echo a > file; seal case.bukti file")
  }

  private func run(_ lines: String) throws -> Outcome {
    try scene.run(Self.other + lines)
  }

  @Test func aHandOverHasTwoHalves() throws {
    let release = try run(
      "bukti custody release case.bukti $session --why w --exhibit EX-7 --bag B-1 --counterpart 'Example Lab'"
    )
    #expect(release.exit == 0)
    #expect(release.out.hasPrefix("Released, and pending until the other side answers"))
    let pending = try run("bukti custody log case.bukti")
    #expect(pending.exit == 2)
    #expect(pending.out.contains("pending: no answer to it is recorded"))
    #expect(pending.out.hasSuffix("custody: not established\n"))

    let receive = try run("bukti custody receive case.bukti $other --reverify")
    #expect(receive.exit == 0)
    #expect(receive.out.hasPrefix("Received. It answers the release in record 8.\n"))
    let log = try run("bukti custody log case.bukti")
    #expect(log.exit == 0)
    #expect(log.out.hasPrefix("Exhibit EX-7\n"))
    #expect(log.out.contains("answered in record 12: received\n"))
    #expect(log.out.contains("answers the release in record 8\n"))
    #expect(log.out.contains("re-verified: equal\n"))
    #expect(
      try run("bukti verify case.bukti --pin \(Scene.pin) --require custody --json").out
        .contains(#""custody": "holds""#))
    #expect(
      try run("python3 \(Scene.top)/spec/verify/bukti-verify verify case.bukti --json").out
        .contains(#""custody": "holds""#))
  }

  @Test func aRejectedHandOverStaysWithTheGiver() throws {
    let outcome = try run(
      """
      bukti custody release case.bukti $session --why w > out &&
      bukti custody reject case.bukti $other --condition 'bag open' > out &&
      bukti custody log case.bukti
      """)
    #expect(outcome.exit == 0)
    #expect(outcome.out.contains("answered in record 12: rejected\n"))
    #expect(outcome.out.contains("condition: bag open\n"))
  }

  @Test func nobodyAnswersWhatWasNotReleased() throws {
    let outcome = try run("cp case.bukti copy; bukti custody receive case.bukti $other")
    #expect(outcome.exit == 64)
    #expect(outcome.err.contains("Nothing was released that waits for an answer"))
    try scene.check("cmp case.bukti copy")
    let twice = try run(
      """
      bukti custody release case.bukti $session --why w > out &&
      bukti custody receive case.bukti $other > out && cp case.bukti copy
      bukti custody receive case.bukti $other
      """)
    #expect(twice.exit == 64)
    try scene.check("cmp case.bukti copy")
  }

  @Test func theGiverHasToBeAccepted() throws {
    let outcome = try run(
      """
      bukti custody release case.bukti $session --why w > out; cp case.bukti copy
      bukti custody receive case.bukti --identity stranger.pem --password-file password --why w
      """)
    #expect(outcome.exit == 2)
    #expect(outcome.err.contains("--accept FINGERPRINT"))
    try scene.check("cmp case.bukti copy")
  }

  @Test func aReceiverWhoFindsOtherBytesSaysSo() throws {
    let outcome = try run(
      """
      seq 1 100000 > numbers; seal big.bukti numbers > out
      bukti custody release big.bukti $session --why w > out; flip big.bukti 9000
      bukti custody receive big.bukti $other --reverify > out; echo $?
      bukti custody log big.bukti
      """)
    #expect(outcome.out.hasPrefix("0\n"))
    #expect(outcome.out.contains("re-verified: different\n"))
    #expect(outcome.err.contains("does not verify, and the event says so"))
  }

  @Test func otherStepsAreRecorded() throws {
    let outcome = try run(
      """
      for step in collected examined copied exported returned disposed; do
        bukti custody record case.bukti $step $session --why w --item 1 \
          --when 2026-01-31T09:30:00+07:00 --place '=1+1' > out || exit
      done
      bukti custody log case.bukti --as csv
      """)
    #expect(outcome.exit == 0)
    let rows = outcome.out.split(separator: "\r\n")
    #expect(rows.count == 7)
    #expect(
      rows[1].hasPrefix(
        "8,collected,recorded,,<time> +07:00,<time>,,1,"))
    #expect(rows.dropFirst().allSatisfy { $0.contains(",'=1+1,") })
    let json = try run(
      "bukti custody log case.bukti --as json | python3 -c 'import json, sys; print(len(json.load(sys.stdin)))'"
    )
    #expect(json.out == "6\n")
  }

  @Test(arguments: ["2026-01-31", "2026-01-31T09:30:00", "yesterday", "2026-01-31T09:30:00+99:00"])
  func aTimeNeedsItsZone(time: String) throws {
    let outcome = try run(
      "bukti custody record case.bukti collected $session --why w --when \(time)")
    #expect(outcome.exit == 64)
    #expect(outcome.err.contains("--when"))
  }

  @Test(arguments: ["record case.bukti copied", "release case.bukti"])
  func anItemHasToExist(step: String) throws {
    let outcome = try run(
      "cp case.bukti copy; bukti custody \(step) $session --why w --item 1 --item 9")
    #expect(outcome.exit == 64)
    #expect(outcome.err.contains("There is no item 9"))
    try scene.check("cmp case.bukti copy")
  }

  @Test(arguments: ["receive", "reject"]) func anItemOfAnAnswerHasToExist(answer: String) throws {
    try scene.check("bukti custody release case.bukti $session --why w; cp case.bukti copy")
    let outcome = try run("bukti custody \(answer) case.bukti $other --item 9")
    #expect(outcome.exit == 64)
    #expect(outcome.err.contains("There is no item 9"))
    try scene.check("cmp case.bukti copy")
  }
}
