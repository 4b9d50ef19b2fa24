import Glibc
import Testing

/// Work that ^C, SIGKILL or a full disk stops, what goes on with it, and streams that never end.
@Suite struct LongRunTests {
  private let scene: Scene

  init() throws {
    scene = try Scene()
    // Large enough to be begun with an item-open, and to be caught in the middle.
    try scene.check("head -c 80000000 /dev/urandom > disk.img")
  }

  /// Begins to seal disk.img, and does something once so many bytes of the bundle are there.
  private func stopped(
    _ stop: String, at size: Int = 8_000_000, sealEvery: String = "3MiB"
  ) throws -> Outcome {
    try scene.run(
      """
      env --default-signal=INT bukti seal case.bukti disk.img --case-number 1 --why w $session \
        --seal-every \(sealEvery) & command=$!
      until [ "$(size case.bukti 2>/dev/null || echo 0)" -ge \(size) ]; do sleep 0.002; done
      \(stop); wait $command; echo "exit $?"
      """)
  }

  private let resume = "append --resume case.bukti disk.img"
  private let compare = """
     && bukti verify case.bukti --pin \(Scene.pin) >/dev/null \
    && bukti cat case.bukti disk.img --pin \(Scene.pin) | cmp - disk.img
    """

  @Test func interruptSuspendsAndSeals() throws {
    let outcome = try stopped("kill -INT $command")
    #expect(outcome.out.hasPrefix("Sealed 0 items, 0 B, in case.bukti.\n"), "\(outcome)")
    #expect(outcome.out.hasSuffix("\nexit 130\n"))
    #expect(
      outcome.err.replacing(/[0-9.]+ [KM]iB/, with: "<n>") == """
        bukti: interrupted; what was read until then is sealed. To go on:
          #1 disk.img, suspended at <n> of <n>:
            bukti append --resume case.bukti disk.img

        """)
    let verified = try scene.run("bukti verify case.bukti --pin \(Scene.pin)")
    #expect(verified.exit == 1 && verified.out.contains("item-unclosed (complete, fails)"))
    #expect(!verified.out.contains("unsealed"))
    let resumed = try scene.run(resume + compare)
    #expect(resumed.exit == 0, "\(resumed)")
    #expect(resumed.out.hasPrefix("Sealed 1 item, 76.2 MiB, in case.bukti.\n"))
  }

  @Test func aSecondInterruptLeavesWhatCanBeResumed() throws {
    let outcome = try stopped("kill -INT $command; kill -INT $command")
    #expect(outcome.out == "exit 130\n" || outcome.out.hasSuffix("\nexit 130\n"), "\(outcome)")
    let resumed = try scene.run(resume + compare)
    #expect(resumed.exit == 0, "\(resumed)")
  }

  @Test(arguments: [100_000, 9_000_000, 25_000_000]) func killed(size: Int) throws {
    let outcome = try stopped("kill -KILL $command", at: size)
    #expect(outcome.out == "exit 137\n")
    let resumed = try scene.run(
      resume + compare
        + " && python3 $BUKTI_TOP/spec/verify/bukti-verify verify case.bukti --pin \(Scene.pin)")
    #expect(resumed.exit == 0, "\(resumed)")
    #expect(resumed.out.contains("\nintact      holds\n"))
  }

  @Test func anotherSourceIsNotAppended() throws {
    _ = try stopped("kill -INT $command")
    let outcome = try scene.run(
      """
      cp case.bukti copy; cp disk.img good.img
      flip disk.img 5000000; \(resume); echo "exit $?"
      head -c 70000000 disk.img > shorter; append --resume case.bukti shorter --item 1; echo "exit $?"
      append --resume case.bukti disk.img --item 7; echo "exit $?"
      cmp case.bukti copy
      """)
    #expect(outcome.exit == 0, "\(outcome)")
    #expect(outcome.out == "exit 3\nexit 3\nexit 64\n")
    #expect(
      outcome.err.contains("disk.img is not what item #1 was begun from: The source holds other"))
    #expect(outcome.err.contains("The source has 70000000 bytes; 80000000 were there"))
  }

  @Test func theUnsealedThatDiffersIsReadAgain() throws {
    // Halfway between two seals, far from both: what is flipped is not sealed on any machine.
    _ = try stopped("kill -KILL $command", at: 45_000_000, sealEvery: "30MiB")
    // The last bytes that were stored are not those of the source any more, but what is sealed is.
    let outcome = try scene.run(
      """
      at=$(bukti verify case.bukti --json | python3 -c 'import json, sys
      print(json.load(sys.stdin)["bundle"]["plain-bytes"] - 1000)')
      flip disk.img $at
      \(resume + compare)
      bukti verify case.bukti --pin \(Scene.pin) | grep -A1 -E 'refused|adopted'
      """)
    #expect(outcome.exit == 0, "\(outcome)")
    #expect(outcome.err.contains("cannot be shown to be those of disk.img: they are read again."))
    #expect(outcome.out.contains("refused (intact, note)"))
  }

  @Test func otherWorkLeavesItSuspended() throws {
    _ = try stopped("kill -INT $command")
    let outcome = try scene.run(
      """
      seq 1 1000 > file; append case.bukti file; echo "exit $?"
      append case.bukti --abandon 1; echo "exit $?"
      bukti verify case.bukti --pin \(Scene.pin) >/dev/null; echo "exit $?"
      """)
    #expect(outcome.out.contains("exit 0\n"))
    #expect(outcome.out.hasSuffix("exit 0\n"), "\(outcome)")
    #expect(outcome.err.contains("bukti append --resume case.bukti SOURCE"))
  }

  @Test(.enabled("only the superuser mounts") { geteuid() == 0 })
  func aFullDiskSuspendsAndIsGoneOnWith() throws {
    let outcome = try scene.run(
      """
      mkdir disk; mount -t tmpfs -o size=40m tmpfs disk || exit 99
      seal disk/case.bukti disk.img; echo "exit $?"
      bukti verify disk/case.bukti --pin \(Scene.pin) | grep -E '^(intact|signed)'
      cp disk/case.bukti case.bukti; umount disk
      \(resume + compare); echo "exit $?"
      """)
    #expect(outcome.out.contains(/exit 74\nintact +HOLDS\nsigned-by +HOLDS\n/), "\(outcome)")
    #expect(outcome.out.hasSuffix("exit 0\n"))
    #expect(outcome.err.contains("There is no room left for disk/case.bukti"))
    #expect(outcome.err.contains("bukti append --resume disk/case.bukti disk.img"))
  }

  @Test(arguments: ["often", "0s", "1KiB", "1GiB,2GiB", "1s,2s", "5m,", "-1s"])
  func intervals(text: String) throws {
    let outcome = try scene.run("seal x.bukti disk.img --seal-every=\(text)")
    #expect(outcome.exit == 64 && outcome.err.contains("--seal-every"), "\(outcome)")
  }

  @Test(arguments: ["60s", "1GiB", "1GiB,5m", "5m,2G", "never", "2h", "1d,4TiB"])
  func goodIntervals(text: String) throws {
    let outcome = try scene.run("seq 1 9 > s; seal x.bukti s --seal-every \(text)")
    #expect(outcome.exit == 0, "\(outcome)")
  }
}

/// A capture that is verified while it grows.
@Suite struct LiveStreamTests {
  private let scene: Scene

  init() throws {
    scene = try Scene()
    try scene.check("seq 1 10 > file; seal case.bukti file")
  }

  @Test func aStreamIsSealedWhileItIsQuiet() throws {
    let outcome = try scene.run(
      """
      mkfifo pipe
      append case.bukti - --name lan.pcap --kind capture --seal-every 1s <pipe & writer=$!
      exec 5>pipe
      report() { bukti verify case.bukti --pin \(Scene.pin) --json 2>notes > report.json
        python3 -c 'import json; report = json.load(open("report.json")); claims = report["claims"]
      codes = [f["code"] for f in report["findings"]]
      print(len(report["seals"]), claims["intact"], claims["signed-by"], codes.count("unsealed"))'; }
      for round in 2 3 4; do
        head -c 3000 /dev/urandom | tee -a sent >&5
        until report | grep "^$round .* 0$"; do sleep 0.2; done
      done
      sleep 2.5; report; cat notes
      exec 5>&-; wait $writer; echo "exit $?"
      bukti cat case.bukti lan.pcap --pin \(Scene.pin) | cmp - sent
      bukti verify case.bukti --pin \(Scene.pin) > /dev/null; echo "exit $?"
      """)
    // Each piece gets its seal though nothing follows it; nothing new gets none.
    #expect(
      outcome.out.replacing(/Sealed(.*\n){3}/, with: "") == """
        2 holds holds 0
        3 holds holds 0
        4 holds holds 0
        4 holds holds 0
        Another process is writing to the bundle: read to its last whole record.
        exit 0
        exit 0

        """, "\(outcome)")
  }

  private static let canCapture =
    geteuid() == 0 && (unsafe system("command -v tcpdump >/dev/null 2>&1")) == 0

  @Test(.enabled("tcpdump is not installed, or nobody may capture") { canCapture })
  func tcpdump() throws {
    let outcome = try scene.run(
      """
      (tcpdump -i lo -U -c 4 -w - udp port 20999 2>/dev/null) |
        append case.bukti - --name lan.pcap --kind capture --seal-every 1s & writer=$!
      while kill -0 $writer 2>/dev/null; do
        python3 -c 'import socket
      socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x" * 99, ("127.0.0.1", 20999))'
        sleep 0.8
      done
      wait $writer; echo "exit $?"
      bukti verify case.bukti --pin \(Scene.pin) > verdict; echo "exit $?"
      echo "seals $(($(grep -c '^Seal ' verdict) >= 4))"
      bukti cat case.bukti lan.pcap --pin \(Scene.pin) | tcpdump -r - 2>/dev/null | wc -l
      """)
    #expect(outcome.out.hasSuffix("\nexit 0\nexit 0\nseals 1\n4\n"), "\(outcome)")
  }
}
