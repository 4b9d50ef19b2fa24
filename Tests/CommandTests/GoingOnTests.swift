import Glibc
import Testing

/// Whoever pastes the words that follow ^C goes on with the same source, in the same way.
@Suite struct GoingOnTests {
  private let scene: Scene

  init() throws {
    scene = try Scene()
    try scene.check(
      "mkdir -p 'EX 1' EX-2; head -c 80000000 /dev/urandom > disk.img; cp disk.img 'EX 1/disk.img'")
  }

  /// Runs a command, and presses ^C once so many bytes of the bundle are there.
  private static let prelude = """
    stopped() { # bytes, command…
      local size=$1; shift
      env --default-signal=INT bukti "$@" $session --why w & local command=$!
      until [ "$(size case.bukti 2>/dev/null || echo 0)" -ge $size ]; do sleep 0.002; done
      kill -INT $command; wait $command; echo "exit $?"
    }
    begin() { stopped 8000000 seal case.bukti "$@" --case-number 1 --seal-every 3MiB; }

    """

  private func run(_ lines: String) throws -> Outcome { try scene.run(Self.prelude + lines) }

  /// All read but the last 10 MB, which ddrescue did not get.
  private static let map = """
    printf '# Mapfile\\n0 + 1\\n0 70000000 +\\n70000000 10000000 -\\n' > disk.map

    """

  @Test func anImageKeepsToItsMap() throws {
    let begun = try run(Self.map + "begin disk.img --map disk.map --exhibit 7")
    #expect(begun.out.hasSuffix("\nexit 130\n"), "\(begun)")
    #expect(
      begun.err.hasSuffix(
        "bukti append --resume case.bukti disk.img --exhibit 7 --map disk.map\n"), "\(begun)")
    let outcome = try run(
      """
      cp case.bukti copy; cp disk.map other.map; sed -i s/70000000/69999488/ other.map
      append --resume case.bukti disk.img; echo "exit $?"
      append --resume case.bukti disk.img --map other.map; echo "exit $?"
      cmp case.bukti copy
      echo '# read again at noon' >> disk.map
      append --resume case.bukti disk.img --map disk.map >/dev/null; echo "exit $?"
      bukti list case.bukti
      bukti cat case.bukti disk.img 2>/dev/null | cmp - <(head -c 70000000 disk.img; head -c 10000000 /dev/zero)
      """)
    #expect(outcome.out.hasPrefix("exit 64\nexit 64\nexit 3\n"), "\(outcome)")
    #expect(outcome.out.contains("#2  document  "))
    #expect(outcome.err.contains("it needs that map. Give it: --map FILE. [usage]"))
    #expect(outcome.err.contains("was begun with another map of ddrescue: it needs that one."))
    #expect(outcome.err.contains("#1 disk.img: partial, 10000000 bytes were not attempted"))
    #expect(outcome.exit == 0, "\(outcome)")
  }

  @Test func aMapMayEndBehindItsImage() throws {
    let outcome = try run(
      Self.map + """
        sed -i 's/70000000 10000000 -/70000000 90000000 ?/' disk.map; truncate -s 70000000 disk.img
        begin disk.img --map disk.map
        append --resume case.bukti disk.img --map disk.map >/dev/null; echo "exit $?"
        bukti cat case.bukti disk.img 2>/dev/null | stat -c %s - >/dev/null
        bukti cat case.bukti disk.img 2>/dev/null | wc -c
        """)
    #expect(outcome.out.hasSuffix("\nexit 130\nexit 3\n160000000\n"), "\(outcome)")
  }

  /// As bundles do that an earlier version wrote: no map is named in them.
  @Test func anItemWithoutAMapMayGetOne() throws {
    let outcome = try run(
      Self.map + """
        begin disk.img >/dev/null 2>&1; cp case.bukti before
        stopped $(($(size case.bukti) + 8000000)) append --resume case.bukti disk.img --map disk.map
        append --resume case.bukti disk.img 2>&1 | grep -o 'it needs that map'
        append --resume case.bukti disk.img --map disk.map >/dev/null; echo "exit $?"
        """)
    #expect(outcome.out.hasSuffix("exit 130\nit needs that map\nexit 3\n"), "\(outcome)")
  }

  @Test func twoSourcesOfOneNameAreToldApart() throws {
    let first = try run(
      "echo 2 > EX-2/disk.img; begin 'EX 1/disk.img' EX-2/disk.img --exhibit 'B 7'")
    #expect(
      first.err.hasSuffix(
        """
            bukti append --resume case.bukti 'EX 1/disk.img' --exhibit 'B 7'
          not read, or not to the end:
            bukti append case.bukti EX-2/disk.img --exhibit 'B 7'

        """), "\(first)")
    let second = try run("rm case.bukti; begin EX-2/disk.img 'EX 1/disk.img'")
    #expect(
      second.err.hasSuffix(":\n    bukti append --resume case.bukti 'EX 1/disk.img'\n"),
      "\(second)")
    let pasted = try run(
      "append --resume case.bukti 'EX 1/disk.img' && bukti verify case.bukti --pin \(Scene.pin) --quiet"
    )
    #expect(pasted.exit == 0, "\(pasted)")
  }

  @Test func whatWasGivenIsGivenAgain() throws {
    let outcome = try run(
      """
      echo 1 > one; seal case.bukti one --volume-size 1M >/dev/null; echo 2 > two
      head -c 3000000 /dev/urandom > big; append case.bukti big >/dev/null
      mkdir 'other disk'; mv case.v00* 'other disk'
      mkfifo pipe
      env --default-signal=INT bukti append case.bukti - two --exclude '*.tmp' --skip-after 8 \
        --volume 'other disk' $session --why w <pipe & command=$!
      exec 5>pipe; echo 1 >&5; sleep 1.5; kill -INT $command; wait $command; echo "exit $?"
      """)
    #expect(outcome.out.hasSuffix("exit 130\n"), "\(outcome)")
    #expect(
      outcome.err.hasSuffix(
        "  bukti append case.bukti two --volume 'other disk' --exclude '*.tmp' --skip-after 8\n"),
      "\(outcome)")
  }

  /// Whose sizes add up to more than a number holds: they are sparse files.
  @Test func sourcesThatSayTheyAreHuge() throws {
    let outcome = try scene.run(
      """
      folder=$(mktemp -d /dev/shm/bukti-XXXXXX) || exit 77; trap 'rm -r $folder' EXIT
      for name in one two three; do
        truncate -s 9223372036854775807 $folder/$name 2>/dev/null || exit 77
      done
      timeout --preserve-status -s INT 3 env --default-signal=INT \
        bukti seal case.bukti $folder/one $folder/two $folder/three $session --case-number 1 --why w
      echo "exit $?"
      """)
    if outcome.exit == 77 { return print("skipped: no file system for huge files") }
    #expect(outcome.out.hasSuffix("exit 130\n"), "\(outcome)")
    #expect(outcome.err.contains("of 7.9 EiB:\n"), "\(outcome)")
  }

  @Test func anotherItemIsAbandonedBesideTheOneThatIsResumed() throws {
    let outcome = try run(
      """
      begin disk.img >/dev/null 2>&1
      stopped $(($(size case.bukti) + 8000000)) append case.bukti 'EX 1/disk.img' --seal-every 3MiB --name second
      append --resume case.bukti disk.img --item 1 --abandon 1; echo "exit $?"
      append --resume case.bukti disk.img --item 1 --abandon 2 --digest md5; echo "exit $?"
      bukti verify case.bukti --pin \(Scene.pin) --quiet >/dev/null; echo "exit $?"
      bukti list case.bukti --long
      """)
    #expect(outcome.out.contains("exit 130\nexit 64\n"), "\(outcome)")
    #expect(outcome.out.contains("\nexit 0\nexit 0\n"), "\(outcome)")
    #expect(outcome.out.contains(/#2 .* aborted/), "\(outcome)")
    #expect(outcome.err.contains("--item 1\n"), "\(outcome)")
    #expect(outcome.err.contains("Item #1 keeps the kind and the digests"))
  }
}
