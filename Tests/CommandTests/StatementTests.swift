import Testing

/// `bukti note` and `bukti close`: what is said of evidence later. `Tests/tools/months` has the long story.
@Suite struct StatementTests {
  private let scene: Scene

  init() throws {
    scene = try Scene()
    try scene.check(
      """
      seq 1 1000 > file; seal case.bukti file
      cat > say <<'END'
      command=$1; shift
      bukti $command case.bukti "$@" --identity examiner.pem --password-file password --why w
      END
      """)
  }

  @Test func aNoteIsShownBesideWhatItCorrects() throws {
    let outcome = try scene.run(
      """
      . ./say note 'label misread' --item file --field name --value log >/dev/null &&
      bukti list case.bukti --pin \(Scene.pin) &&
      bukti list case.bukti --verify --json | grep '"value"' &&
      bukti show case.bukti | grep -A6 note && bukti cat case.bukti '#1' | cmp - file
      """)
    #expect(outcome.exit == 0, "\(outcome)")
    let lines = outcome.out.split(separator: "\n").map(String.init)
    #expect(lines[0].hasSuffix("  file"))
    #expect(
      lines[1]
        == "    note in record 8, Example Examiner: name should say log (label misread)")
    #expect(lines[2] == #"        "value": "log""#)
    #expect(lines[3] == "Record 8: note, item #1")
  }

  @Test(arguments: [
    ("note x --item nope", 66), ("note x --record 99", 64), ("note x --field name", 64),
    ("note x --item 1 --record 1 ", 64), ("note ''", 64),
  ])
  func refused(line: String, exit: Int) throws {
    try scene.check("cp case.bukti copy")
    let outcome = try scene.run("set -- \(line); . ./say \"$@\"")
    #expect(outcome.exit == exit, "\(outcome)")
    #expect(outcome.out == "")
    #expect(scene.isEqual("case.bukti", "copy"))
  }

  /// What cannot be said after all does not leave an unsealed session in everybody's way.
  @Test func whatStopsIsSealed() throws {
    let outcome = try scene.run(
      """
      seq 1 9 > more
      bukti append case.bukti more --identity stranger.pem --password-file password --why w --accept \(Scene.pin) >/dev/null
      (. ./say note 'about theirs' --item '#2' --refuse 'not mine' --go-back); echo "exit $?"
      append case.bukti >/dev/null; echo "exit $?"
      bukti verify case.bukti --pin \(Scene.pin) --json | grep -c '"code": "unsealed"'
      """)
    #expect(outcome.out == "exit 64\nexit 0\n0\n", "\(outcome)")
    #expect(
      outcome.err.contains(
        /There is no item 2. What was written until then is sealed \(seal [0-9]+\)\./),
      "\(outcome)")
  }

  /// Closing reads what an earlier session left open: ^C ends that, and the seal is made.
  @Test func anInterruptedCloseIsSealed() throws {
    guard try FailingSource.build(in: scene) else { return }
    let outcome = try scene.run(
      """
      head -c 80000000 /dev/urandom > disk.img
      env --default-signal=INT bukti append case.bukti disk.img $session --why w --seal-every 3MiB >/dev/null 2>&1 & command=$!
      until [ "$(size case.bukti)" -ge 20000000 ]; do sleep 0.002; done
      kill -INT $command; wait $command; cp case.bukti copy.bukti
      close() {
        env --default-signal=INT LD_PRELOAD="$PWD/failing.so" FAIL_PATH="$PWD/$1" \
          bukti close $1 $session --why w
      }
      FAIL_LOG=log close copy.bukti >/dev/null; echo "exit $?"
      HOOK_AT=$(($(wc -l < log) / 2)) HOOK='kill -TERM $PPID' close case.bukti; echo "exit $?"
      append case.bukti --abandon 2 >/dev/null; echo "exit $?"
      bukti verify case.bukti --pin \(Scene.pin) --quiet >/dev/null; echo "exit $?"
      """)
    #expect(outcome.out == "exit 0\nexit 130\nexit 0\nexit 0\n", "\(outcome)")
    #expect(outcome.err.contains("stays suspended. What was written until then is sealed"))
  }

  @Test func afterACloseThereIsNoMoreEvidence() throws {
    let outcome = try scene.run(
      """
      . ./say close >/dev/null && bukti verify case.bukti --pin \(Scene.pin) --json | grep closed
      append case.bukti file; echo "exit $?"
      (. ./say close); echo "exit $?"
      (. ./say note 'still possible') >/dev/null; echo "exit $?"
      bukti verify case.bukti --pin \(Scene.pin) >/dev/null; echo "exit $?"
      """)
    #expect(
      outcome.out == "    \"closed\": true,\nexit 64\nexit 64\nexit 0\nexit 0\n", "\(outcome)")
    #expect(outcome.err.contains("case.bukti is closed already. [closed]"))
  }
}

extension Scene {
  fileprivate func isEqual(_ a: String, _ b: String) -> Bool {
    (try? run("cmp \(a) \(b)"))?.exit == 0
  }
}
