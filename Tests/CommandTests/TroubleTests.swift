import Glibc
import Testing

/// Disks that fill up, people who press ^C, and terminals.
@Suite struct TroubleTests {
  private let scene: Scene

  init() throws { scene = try Scene() }

  @Test(.enabled("only the superuser mounts") { geteuid() == 0 })
  func aFullDisk() throws {
    let outcome = try scene.run(
      """
      mkdir disk; mount -t tmpfs -o size=1m tmpfs disk || exit 99
      head -c 3000000 /dev/urandom > big
      seal disk/case.bukti big; result=$?
      bukti verify disk/case.bukti | grep -E '^(intact|complete)'
      umount disk; exit $result
      """)
    #expect(outcome.exit == 74)
    #expect(!outcome.out.contains("Sealed"))
    #expect(outcome.out.contains("complete    HOLDS"))
    #expect(
      outcome.err.replacing("append: ", with: "reserve: ") == """
        bukti: There is no room left for disk/case.bukti: reserve: No space left on device. What was written is sealed \
        (seal 3). Make room, or give --next-volume FOLDER to go on on another disk:
          bukti append disk/case.bukti big [disk-full]

        """)
  }

  /// A writer that falls silent, and two ways to end waiting for it.
  private func interrupted(_ kills: String) throws -> Outcome {
    try scene.run(
      """
      mkfifo pipe
      env --default-signal=INT bukti seal case.bukti - --name log --identity examiner.pem \
        --password-file password --case-number 1 --why w <pipe & command=$!
      exec 5>pipe; echo 'read until then' >&5
      while [ ! -s case.bukti ]; do sleep 0.05; done; sleep 0.3
      \(kills)
      wait $command; echo "exit $?"; exec 5>&-
      """)
  }

  @Test func interruptSealsWhatWasRead() throws {
    let outcome = try interrupted("kill -INT $command")
    #expect(
      outcome.out == """
        Sealed 1 item, 16 B, in case.bukti.
        Seal 7, root <hash>
        Keep a receipt elsewhere: bukti receipt case.bukti --to FILE
        exit 130

        """)
    #expect(
      outcome.err == """
        bukti: 1 item is not complete, and recorded so:
          #1 log: aborted, it was interrupted
        bukti: interrupted; what was read until then is sealed. bukti append case.bukti SOURCE adds the rest.

        """)
    #expect(try scene.run("bukti verify case.bukti --pin \(Scene.pin)").exit == 0)
    let bytes = try scene.run("bukti cat case.bukti log --pin \(Scene.pin)")
    #expect(bytes.out == "read until then\n")
  }

  /// Whoever follows the advice word for word misses nothing.
  @Test func interruptNamesWhatIsLeft() throws {
    let outcome = try scene.run(
      """
      mkdir tree; mkfifo pipe; echo 1 > tree/one; echo 2 > two
      env --default-signal=INT bukti seal case.bukti - tree two --identity examiner.pem \
        --password-file password --case-number 1 --why w <pipe & command=$!
      exec 5>pipe; echo read >&5
      while [ ! -s case.bukti ]; do sleep 0.05; done; sleep 0.3
      kill -INT $command; wait $command; echo "exit $?"
      """)
    #expect(outcome.out.hasSuffix("exit 130\n"))
    #expect(outcome.err.hasSuffix("sealed. To go on:\n  bukti append case.bukti tree two\n"))
  }

  @Test func theEndOfTheTerminalSealsAsWell() throws {
    let outcome = try interrupted("kill -HUP $command; sleep 0.05; kill -HUP $command 2>&-")
    #expect(outcome.out.contains("Sealed 1 item, 16 B"))
    #expect(outcome.out.hasSuffix("exit 130\n"))
  }

  @Test func nohupIsRespected() throws {
    let outcome = try scene.run(
      """
      mkfifo pipe
      env --ignore-signal=HUP bukti seal case.bukti - --identity examiner.pem \
        --password-file password --case-number 1 --why w <pipe & command=$!
      exec 5>pipe; echo 1 >&5
      while [ ! -s case.bukti ]; do sleep 0.05; done; sleep 0.2
      kill -HUP $command; sleep 0.1; echo 2 >&5; exec 5>&-
      wait $command; echo "exit $?"
      """)
    #expect(outcome.out.contains("Sealed 1 item, 4 B"))
    #expect(outcome.out.hasSuffix("exit 0\n"))
  }

  /// Some of several: they are recorded, and the others are taken.
  @Test func sourcesThatAreGoneWhenTheirTurnComes() throws {
    let outcome = try scene.run(
      """
      mkfifo pipe; mkdir tree; echo 1 > one; echo 3 > three
      seal case.bukti - tree one three <pipe & command=$!
      exec 5>pipe; echo 0 >&5
      while [ ! -s case.bukti ]; do sleep 0.05; done; sleep 0.2
      rm -r tree one; exec 5>&-
      wait $command; echo "exit $?"
      bukti cat case.bukti three --pin \(Scene.pin)
      """)
    #expect(outcome.out.contains("Sealed 4 items, 4 B"), "\(outcome)")
    #expect(outcome.out.hasSuffix("exit 3\n3\n"))
    #expect(
      outcome.err.hasPrefix(
        """
        bukti: 2 items are not complete, and recorded so:
          #2 tree: not-acquired, open tree: No such file or directory
          #3 one: not-acquired, open one: No such file or directory
        """), "\(outcome)")
  }

  /// Where no room can be set aside, a write fails at the limit, and the storage with it.
  @Test func theFirstErrorIsTheOneThatIsTold() throws {
    let outcome = try scene.run(
      "head -c 3000000 /dev/urandom > big; ulimit -f 1000; seal case.bukti big")
    #expect(outcome.exit == 74)
    #expect(outcome.err.contains("File too large"), "\(outcome)")
    #expect(outcome.err.contains("--next-volume"), "\(outcome)")
  }

  @Test func aBundleIsNotItsOwnSource() throws {
    try scene.check("echo 1 > one; seal case.bukti one; ln case.bukti other; cp case.bukti before")
    let outcome = try scene.run("append case.bukti other; echo $?; cmp case.bukti before")
    #expect(outcome.out == "64\n")
    #expect(outcome.err.contains("other is the bundle itself"))
  }

  @Test func aFileThatSaysItIsEmptyIsRead() throws {
    let outcome = try scene.run(
      """
      seal case.bukti /proc/version && bukti cat case.bukti version --pin \(Scene.pin) | cmp - /proc/version
      """)
    #expect(outcome.exit == 0, "\(outcome)")
  }

  @Test func aSecondInterruptEndsAtOnce() throws {
    let outcome = try interrupted("kill -INT $command; sleep 0.02; kill -INT $command")
    #expect(outcome.out == "exit 130\n")
    #expect(try scene.run("bukti verify case.bukti").exit == 1)
  }

  @Test func anInterruptedVerificationSaysNothing() throws {
    let outcome = try scene.run(
      """
      seq 1 1000 > file; seal case.bukti file >/dev/null; mkfifo pipe
      env --default-signal=INT bukti verify - <pipe & command=$!
      exec 5>pipe; head -c 1000 case.bukti >&5; sleep 0.5; kill -INT $command
      wait $command
      """)
    #expect(outcome.exit == 130)
    #expect(outcome.out == "")
    #expect(outcome.err.hasSuffix("[interrupted]\n"))
  }

  /// Runs a line with a terminal, and gives back what the terminal got.
  private func onTerminal(_ line: String) throws -> Outcome {
    try scene.run("session='\(session)'; script -qec \"\(line)\" /dev/null")
  }
  private let session = "--identity examiner.pem --password-file password"

  @Test func progressIsForTerminals() throws {
    try scene.check("head -c 3000000 /dev/urandom > file; seal case.bukti file")
    let shown = try onTerminal("bukti verify case.bukti --pin \(Scene.pin) >report")
    #expect(shown.out.contains("\r\u{1B}[Kverified "), "\(shown)")
    #expect(shown.out.hasSuffix("\r\u{1B}[K"))
    let quiet = try onTerminal("bukti verify case.bukti --pin \(Scene.pin) --quiet >report")
    #expect(quiet.out == "")
    let piped = try scene.run("bukti verify case.bukti --pin \(Scene.pin) >report")
    #expect(piped.err == "")
  }

  @Test func onATerminalQuestionsAreAsked() throws {
    let outcome = try scene.run(
      """
      echo x > file
      cat > answer.py <<'END'
      import os, pty, sys
      pid, terminal = pty.fork()
      if pid == 0:
          os.execvp("bukti", "bukti seal case.bukti file --identity examiner.pem".split())
      seen = b""
      for question, answer in [(b"Why is the bundle opened:", b"order 1"), (b"Number of the case:", b"EX-9"),
                               (b"Password of examiner.pem:", b"sample password")]:
          while question not in seen: seen += os.read(terminal, 1000)
          os.write(terminal, answer + b"\\n")
      try:
          while part := os.read(terminal, 1000): seen += part
      except OSError: pass
      assert b"sample password" not in seen
      sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
      END
      python3 answer.py && bukti info case.bukti
      """)
    #expect(outcome.exit == 0, "\(outcome)")
    #expect(outcome.out.contains("\ncase: EX-9\n"))
    #expect(outcome.out.contains("\nlast-session-why: order 1\n"))
  }
}
