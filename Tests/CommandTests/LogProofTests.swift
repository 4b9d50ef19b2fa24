import Testing

/// An agency's log, played by `testvectors/log.py`, which was written from the C2SP texts alone.
@Suite struct LogProofTests {
  private let scene: Scene

  /// Three bundles, the second in two sessions; the receipt of each seal is in one log, and so is other paper.
  private static let prepared = Result {
    let scene = try Scene()
    try scene.check(
      """
      \(functions)
      log create log.example/receipts court.example/witness press.example/witness
      seq 1 9 > file; seq 1 5 > other
      for name in one two three; do
        echo $name > $name.txt; seal $name.bukti $name.txt; bukti receipt $name.bukti > $name.receipt
        log add $name.receipt other
      done
      append two.bukti file; bukti receipt two.bukti > later.receipt; log add later.receipt
      for name in one two three later; do log prove $name.receipt > $name.tlog-proof; done
      """)
    return scene
  }

  init() throws {
    scene = try Scene()
    try scene.check("cp -rp '\(Self.prepared.get().folder)'/* .")
  }

  private static let functions = """
    log() { python3 "$BUKTI_TOP/testvectors/log.py" log "$@"; }
    python() { python3 "$BUKTI_TOP/spec/verify/bukti-verify" "$@"; }
    keys="--log-key log/log.vkey --witness-key log/witness1.vkey --witness-key log/witness2.vkey"
    both() { # the log proofs as both verifiers see them, and the claim; they have to agree
      bukti verify "$@" --json > swift.json; a=$?
      python verify "$@" --json > python.json; b=$?
      python3 -c 'import json, sys
    a, b = (json.load(open(name)) for name in ("swift.json", "python.json"))
    for report in a, b:
      for log in report["log-proofs"]: assert log.pop("reason")
    assert a["log-proofs"] == b["log-proofs"] and a["claims"] == b["claims"], (a, b)
    codes = [[f["code"] for f in r["findings"] if f["claim"] == "existed-by"] for r in (a, b)]
    assert codes[0] == codes[1], codes
    for log in a["log-proofs"]:
      print(log["seal"], log["outcome"], log["index"], log["size"],
        *(s["role"] + ":" + s["mathematics"] + (":timed" if s["time"] else "") for s in log["signatures"]))
    print(a["claims"]["existed-by"], *codes[0])'
      [ $a = $b ] || echo "exit $a $b"
    }
    """

  private func run(_ lines: String) throws -> [String] {
    let outcome = try scene.run(Self.functions + "\n" + lines)
    #expect(outcome.err == "", "\(outcome)")
    return outcome.out.split(separator: "\n").map(String.init)
  }

  @Test func severalBundlesInOneLog() throws {
    let lines = try run(
      """
      for name in one two three; do bukti attest $name.bukti --log-proof $name.tlog-proof 2> said; done
      grep -q 'Its signatures were not checked' said || cat said
      for name in one two three; do both $name.bukti --pin \(Scene.pin) $keys --require existed-by; done
      """)
    let signed = "log:valid witness:valid:timed witness:valid:timed"
    #expect(
      lines == [
        "6 holds 0 7 \(signed)", "holds", "6 holds 2 7 \(signed)", "holds",
        "6 holds 4 7 \(signed)", "holds",
      ])
  }

  @Test func keysDecide() throws {
    let lines = try run(
      """
      bukti attest one.bukti --log-proof one.tlog-proof 2> said
      both one.bukti
      both one.bukti --log-key log/log.vkey
      both one.bukti --witness-key log/witness1.vkey
      mkdir second; cd second
      log create log.example/receipts court.example/witness; cd ..
      both one.bukti --log-key second/log/log.vkey
      both one.bukti --log-key log/log.vkey --witness-key second/log/witness1.vkey
      """)
    let none = "timestamp-none"
    let unknown = "witness:not evaluated".replacing("witness", with: "unknown")
    #expect(
      lines == [
        "6 not evaluated 0 7 \(unknown) \(unknown) \(unknown)",
        "not established log-proof-not-evaluated \(none)",
        "6 holds 0 7 log:valid \(unknown) \(unknown)", "not established \(none)",
        "6 not evaluated 0 7 \(unknown) witness:valid:timed \(unknown)",
        "not established log-proof-not-evaluated \(none)",
        "6 not evaluated 0 7 \(unknown) \(unknown) \(unknown)",
        "not established log-proof-not-evaluated \(none)",
        "6 holds 0 7 log:valid \(unknown) \(unknown)", "not established \(none)",
      ])
  }

  @Test func theRightSealIsFound() throws {
    let lines = try run(
      """
      bukti attest two.bukti --log-proof two.tlog-proof 2>&1 | grep -o 'about seal [0-9]*'
      both two.bukti --pin \(Scene.pin) $keys --require log
      bukti attest two.bukti --log-proof later.tlog-proof 2>&1 | grep -o 'about seal [0-9]*'
      both two.bukti --pin \(Scene.pin) $keys --require log
      log add other; log prove later.receipt 7 > again.tlog-proof; cmp -s again.tlog-proof later.tlog-proof
      bukti attest two.bukti --log-proof again.tlog-proof --seal 6 2>&1 | grep -o 'log-proof-invalid'
      bukti attest two.bukti --log-proof again.tlog-proof --seal 12 2>&1 | grep -o 'about seal [0-9]*'
      append two.bukti other > said && bukti verify two.bukti --pin \(Scene.pin) > said; echo $?
      """)
    let signed = "log:valid witness:valid:timed witness:valid:timed"
    #expect(
      lines == [
        "about seal 6", "6 holds 2 7 \(signed)", "holds", "about seal 12",
        "6 holds 2 7 \(signed)", "12 holds 6 7 \(signed)", "holds", "log-proof-invalid",
        "about seal 12", "0",
      ])
  }

  /// What the log's operator, or whoever carries the file, may get wrong; the writer takes only proofs of its seals.
  @Test func nothingElseIsStored() throws {
    let lines = try run(
      """
      cp one.bukti before
      while read -r change; do
        cat one.tlog-proof | eval "$change" > changed; cmp -s changed one.tlog-proof && echo same
        bukti attest one.bukti --log-proof changed 2> said; echo $?
        grep -c 'log-proof-invalid' said; cmp one.bukti before
      done <<'END'
      sed 's/^index 0/index 1/'
      sed 's/@v1/@v2/'
      sed 's/^7$/9/'
      sed 3d
      sed 2p
      head -c -1
      sed 's/$/\r/'
      cat three.tlog-proof -
      END
      """)
    #expect(lines == (0..<16).map { $0 % 2 == 0 ? "64" : "1" })
  }

  /// Origin and number of leaves are signed, and not bound by the path: the verifier finds what was changed there.
  @Test func signaturesAreNotTheWritersAffair() throws {
    let lines = try run(
      """
      cp one.bukti again.bukti
      sed '7s/log.example/log.exampl3/' one.tlog-proof > origin
      sed 's/^7$/8/' one.tlog-proof > leaves
      cmp -s origin one.tlog-proof && echo same; cmp -s leaves one.tlog-proof && echo same
      bukti attest one.bukti --log-proof origin 2> said; both one.bukti $keys
      bukti attest again.bukti --log-proof leaves 2> said; both again.bukti $keys
      """)
    let invalid = "log:invalid witness:invalid witness:invalid"
    let none = "not established log-proof-invalid timestamp-none"
    #expect(lines == ["6 invalid 0 7 \(invalid)", none, "6 invalid 0 8 \(invalid)", none])
  }

  @Test func whatIsRefused() throws {
    let lines = try run(
      """
      tell() { "$@" > out 2>&1; echo $? $(grep -oE '\\[[a-z-]+\\]' out); }
      tell bukti attest one.bukti --log-proof two.tlog-proof
      tell bukti attest none.bukti --log-proof one.tlog-proof
      tell bukti attest one.bukti --log-proof none
      tell bukti attest one.bukti --log-proof one.tlog-proof --seal 4
      head -c -1 one.bukti > torn.bukti; tell bukti attest torn.bukti --log-proof one.tlog-proof
      tell bukti verify one.bukti --log-key log/witness1.vkey
      tell bukti verify one.bukti --witness-key log/log.vkey
      sed -E 's/[+].{8}[+]/+00000000+/' log/log.vkey > bad.vkey; tell bukti verify one.bukti --log-key bad.vkey
      tell python verify one.bukti --log-key bad.vkey
      tell python verify one.bukti --log-key log/witness1.vkey
      tell bukti verify one.bukti --pin \(Scene.pin) --require log
      tell python verify one.bukti --pin \(Scene.pin) --require log
      """)
    #expect(
      lines == [
        "64 [log-proof-invalid]", "66 [not-found]", "66 [not-found]", "64 [log-proof-invalid]",
        "2 [unsealed-tail]", "64 [log-key-invalid]", "64 [log-key-invalid]",
        "64 [log-key-invalid]", "64", "64", "2", "2",
      ])
  }

  /// An attest goes into the next volume where the last one is full, and volumes are found as always.
  @Test func volumes() throws {
    let lines = try run(
      """
      head -c 3000000 /dev/urandom > big
      seal big.bukti big --volume-size 1M > said; bukti receipt big.bukti > big.receipt
      log add big.receipt; log prove big.receipt > big.tlog-proof
      bukti attest big.v001.bukti --log-proof big.tlog-proof 2> said
      bukti verify big.bukti --pin \(Scene.pin) $keys --require log > said; echo $?
      python verify big*.bukti --pin \(Scene.pin) $keys --require log > said; echo $?
      """)
    #expect(lines == ["0", "0"])
    let missing = try scene.run(
      """
      mkdir away; mv big.v001.bukti away
      bukti attest big.bukti --log-proof big.tlog-proof; echo $?
      bukti attest big.bukti --log-proof big.tlog-proof --volume away; echo $?
      """)
    #expect(missing.out == "66\n0\n", "\(missing)")
    #expect(missing.err.contains("big.v001.bukti"), "\(missing)")
    #expect(missing.err.contains("--volume PATH. [not-found]"), "\(missing)")
  }

  @Test func wordsForPeople() throws {
    let lines = try run(
      """
      bukti attest one.bukti --log-proof one.tlog-proof 2> said
      bukti verify one.bukti $keys | sed -n '/^Log proofs/,/^Not shown/p'
      """
    ).joined(separator: "\n")
    #expect(lines.contains("Record 7, of the seal 6: holds"))
    #expect(lines.contains("Log log.example/receipts: entry 0 of 7, root <hash>"))
    #expect(lines.contains(/Witness court.example\/witness [0-9a-f]{8}: valid, saw it at <time>/))
    #expect(lines.contains("It does not show who"))
  }
}
