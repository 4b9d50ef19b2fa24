import Testing

/// `bukti append`: on whose seal it goes on, and what it does with an end that nobody sealed.
@Suite struct AppendTests {
  private let scene: Scene

  init() throws {
    scene = try Scene()
    try scene.check("seq 1 1000 > file; mkdir folder; echo a > folder/a; seal case.bukti file")
  }

  /// Cuts the last seal off: what the last session wrote is nobody's word then.
  private static let unseal = """
    unseal() {
      python3 -c 'import sys; path = sys.argv[1]; data = open(path, "rb").read()
    open(path, "wb").write(data[:data.rindex(bytes.fromhex("f7b14b9ed3c508"))])' "$1"
    }

    """

  @Test func onesOwnSealIsAccepted() throws {
    let outcome = try scene.run(
      "append case.bukti folder && bukti verify case.bukti --pin \(Scene.pin)")
    #expect(outcome.exit == 0)
    #expect(outcome.out.hasPrefix("Sealed 2 items, 2 B, in case.bukti.\nSeal 13, root <hash>\n"))
    #expect(outcome.err == "")
  }

  @Test func withoutSourcesTheSessionIsSealed() throws {
    let outcome = try scene.run("append case.bukti && bukti verify case.bukti --pin \(Scene.pin)")
    #expect(outcome.exit == 0)
    #expect(outcome.out.hasPrefix("Sealed 0 items, 0 B, in case.bukti.\nSeal 9, root <hash>\n"))
  }

  @Test func aStrangersSealHasToBeAccepted() throws {
    let line =
      "bukti append case.bukti folder --identity stranger.pem --password-file password --why w"
    try scene.check("cp case.bukti copy")
    let refused = try scene.run(line)
    #expect(refused.exit == 2)
    #expect(refused.out == "")
    #expect(refused.err.contains("--accept FINGERPRINT"))
    #expect(refused.err.hasSuffix(" (record 6) [untrusted-seal]\n"))
    try scene.check("cmp case.bukti copy")
    #expect(try scene.run("\(line) --accept \(Scene.pin)").exit == 0)
    #expect(try scene.run("cp copy case.bukti; \(line) --accept-roots examiner.cert.pem").exit == 0)
    let bad = try scene.run("\(line) --accept 12")
    #expect(bad.exit == 64)
    #expect(bad.err.contains("--accept takes 64 hexadecimal digits"))
  }

  @Test func theUnsealedAreListedAndNothingIsAppended() throws {
    try scene.check(Self.unseal + "append case.bukti folder; unseal case.bukti; cp case.bukti copy")
    let outcome = try scene.run("append case.bukti file")
    #expect(outcome.exit == 2)
    #expect(outcome.out == "")
    #expect(
      outcome.err.replacing(/[0-9]+ bytes/, with: "<n> bytes") == """
        6 records follow the last seal that you accept, and no accepted seal covers them:
          record 7: session, <n> bytes
          record 8: item, <n> bytes, item #2
          record 9: data, <n> bytes, item #3
          record 10: item, <n> bytes, item #3
          record 11: names, <n> bytes
          record 12: tail, <n> bytes
        bukti: Nothing was appended. If they are yours, --adopt REASON makes you answer for them; else \
        --refuse REASON leaves them without meaning. Both are recorded. If they only wait for a signature that \
        is made elsewhere: bukti sign-request. [unsealed-tail]

        """)
    try scene.check("cmp case.bukti copy")
  }

  @Test(arguments: [("adopt", "adopted", "3"), ("refuse", "refused", "1")])
  func decided(flag: String, finding: String, items: String) throws {
    let outcome = try scene.run(
      Self.unseal + """
        append case.bukti folder >/dev/null; unseal case.bukti
        append case.bukti --\(flag) 'compared by hand' >/dev/null &&
        bukti verify case.bukti --pin \(Scene.pin) --json > report.json &&
        python3 -c 'import json; print([f["code"] for f in json.load(open("report.json"))["findings"]])' &&
        bukti list case.bukti --pin \(Scene.pin) | wc -l
        """)
    #expect(outcome.exit == 0, "\(outcome)")
    #expect(outcome.out.hasPrefix("['\(finding)', 'bundle-open'"))
    #expect(outcome.out.hasSuffix("\n\(items)\n"))
  }

  @Test func aTornEndIsKeptAndRecorded() throws {
    let outcome = try scene.run(
      """
      append case.bukti folder >/dev/null; truncate -s -40 case.bukti
      append case.bukti --adopt 'mine, after a power cut' && ls case.bukti.torn-* &&
      bukti verify case.bukti --pin \(Scene.pin) | grep -A1 -w '(intact, note)'
      """)
    #expect(outcome.exit == 0, "\(outcome)")
    #expect(outcome.out.contains(/\ncase\.bukti\.torn-[0-9]+\n/))
    #expect(outcome.out.contains("1. torn (intact, note)"))
    #expect(outcome.err.hasPrefix("The last "))
    #expect(
      outcome.err.contains("Appending moves them to case.bukti.torn-…, and the session says so.\n"))
  }

  @Test func oneWriterAtATime() throws {
    let outcome = try scene.run(
      """
      mkfifo pipe
      append case.bukti - --name pipe <pipe >/dev/null & writer=$!
      exec 5>pipe; echo held >&5
      while ! bukti verify case.bukti --quiet 2>/dev/null | grep -q unsealed; do sleep 0.1; done
      append case.bukti file; echo "exit $?"
      exec 5>&-; wait $writer && bukti verify case.bukti --pin \(Scene.pin) >/dev/null
      """)
    #expect(outcome.exit == 0, "\(outcome)")
    #expect(outcome.out == "exit 75\n")
    #expect(
      outcome.err
        == "bukti: Another process is writing to case.bukti; append when it has ended. [locked]\n")
  }

  @Test(arguments: [
    ("append missing.bukti file", 66), ("append file file", 65), ("append case.bukti missing", 66),
    ("append case.bukti --adopt a --refuse r", 64), ("append case.bukti --refuse-from 6", 64),
    ("append case.bukti --go-back", 64),
  ])
  func refused(line: String, exit: Int) throws {
    try scene.check("cp case.bukti copy")
    let outcome = try scene.run(line)
    #expect(outcome.exit == exit, "\(outcome)")
    #expect(outcome.out == "")
    try scene.check("cmp case.bukti copy")
  }
}
