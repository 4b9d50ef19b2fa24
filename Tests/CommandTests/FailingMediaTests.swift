import Glibc
import Testing

/// Sources that cannot be read everywhere: nothing is invented, and everything that is missing is named.
@Suite struct FailingMediaTests {
  private let scene: Scene
  private let canFail: Bool

  init() throws {
    scene = try Scene()
    canFail = try FailingSource.build(in: scene)
    try scene.check("head -c 65536 /dev/urandom > img")
  }

  private func run(_ lines: String) throws -> Outcome {
    try scene.run(LoopDevice.prelude + FailingSource.prelude + lines)
  }

  @Test(.enabled("block devices need root and loop devices") { LoopDevice.areThere })
  func badSectorsOfADevice() throws {
    guard canFail else { return }
    let outcome = try run(
      """
      attach img; export FAIL_PATH=$device FAIL_RANGES=1024-1536,40000-43000 FAIL_LOG=log
      failing_seal case.bukti $device --name img --retries 1 --write-map case.map; result=$?
      honest case.bukti img case.map || exit 90
      echo "$(grep -c '^1024 512 fails direct' log) tries"; bukti list case.bukti --long
      command -v ddrescuelog >/dev/null && { ddrescuelog -l- case.map || exit 91; } | tr '\\n' ' '
      exit $result
      """)
    #expect(outcome.exit == 3, "\(outcome)")
    #expect(
      outcome.err.hasPrefix(
        """
        bukti: 1 item is not complete, and recorded so:
          #1 img: partial, 3584 bytes could not be read
            missing: 3584 bytes in 2 ranges
              1024 to 1535, 512 bytes: errno 5, tried 2 times
              39936 to 43007, 3072 bytes: errno 5, tried 2 times

        """), "\(outcome)")
    #expect(outcome.out.contains("\n3584\n2 tries\n"))
    #expect(outcome.out.contains("partial"))
    if outcome.out.contains("\n2 78 79") == false {
      let isThere = try scene.run("command -v ddrescuelog").exit == 0
      #expect(!isThere, "\(outcome)")
      print("skipped: ddrescuelog is not there to read the map")
    }
  }

  /// Sectors of 4096 bytes are lost whole, and nothing beside them.
  @Test(.enabled("block devices need root and loop devices") { LoopDevice.areThere })
  func sectorsAreAsLargeAsTheDeviceSays() throws {
    guard canFail else { return }
    let outcome = try run(
      """
      attach img -b 4096; export FAIL_PATH=$device FAIL_RANGES=9000-9001
      failing_seal case.bukti $device --name img --write-map case.map; result=$?
      honest case.bukti img case.map || exit 90; exit $result
      """)
    #expect(outcome.exit == 3)
    #expect(outcome.err.contains("\n      8192 to 12287, 4096 bytes: errno 5, tried 3 times\n"))
  }

  /// From the k-th read on nothing can be read, for every k there is: large reads, and those block by block that
  /// come after a large one has failed.
  @Test(arguments: [(1_310_720, 0, 6), (49_152, 1, 14)])
  func everyReadFails(size: Int, also: Int, reads: Int) throws {
    guard canFail else { return }
    let outcome = try run(
      """
      head -c \(size) /dev/urandom > img; export FAIL_PATH=$PWD/img FAIL_LAST=1000000 FAIL_ALSO=\(also); k=1
      while :; do
        export FAIL_FIRST=$k; rm -f case.bukti case.map
        failing_seal case.bukti img --retries 0 --write-map case.map >/dev/null 2>&1; result=$?
        lost=$(honest case.bukti img case.map) || { echo "k $k"; exit 90; }
        [ $lost = 0 ] && { [ $result = 0 ] || exit 91; break; }
        [ $result = 3 ] || { echo "k $k: $result"; exit 92; }
        k=$((k + 1))
      done; echo $k
      """)
    #expect(outcome.exit == 0, "\(outcome)")
    #expect(outcome.out == "\(reads)\n", "\(outcome)")
  }

  /// One block cannot be read, for every block.
  @Test func everyBlockFails() throws {
    guard canFail else { return }
    let outcome = try run(
      """
      export FAIL_PATH=$PWD/img
      for k in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
        rm -f case.bukti case.map; export FAIL_RANGES=$((k * 4096 - 1))-$((k * 4096))
        failing_seal case.bukti img --retries 0 --write-map case.map >/dev/null 2>err; result=$?
        lost=$(honest case.bukti img case.map) || { echo "k $k"; exit 90; }
        [ "$lost $result" = '4096 3' ] || { echo "k $k: $lost $result"; exit 91; }
        grep -q "    $((k * 4096 - 4096)) to $((k * 4096 - 1)), 4096 bytes: errno 5, tried 1 time$" err || exit 92
      done
      """)
    #expect(outcome.exit == 0, "\(outcome)")
  }

  /// The same by the kernel's own means, so that nothing hangs on the library.
  @Test(arguments: ["1", "1..2", "1+", "2+2", "1+3"])
  func readsFailInTheKernel(when: String) throws {
    let outcome = try run(
      """
      strace -o /dev/null -e trace=none true 2>/dev/null || { echo "skipped: no strace"; exit 77; }
      head -c 614400 /dev/urandom > img
      strace -f -o trace -P $PWD/img -e trace=pread64 -e inject=pread64:error=EIO:when=\(when) \
        bukti seal case.bukti img $session --case-number 1 --why w --write-map case.map >/dev/null; result=$?
      honest case.bukti img case.map || exit 90
      grep -q INJECTED trace || exit 91
      exit $result
      """)
    if outcome.exit == 77 { return print(outcome.out) }
    let isWhole = ["1", "1..2", "2+2", "1+3"].contains(when)
    #expect(outcome.exit == (isWhole ? 0 : 3), "\(outcome)")
  }

  @Test func aFileInAFolderThatCannotBeReadEverywhere() throws {
    guard canFail else { return }
    let outcome = try run(
      """
      mkdir folder; cp img folder/a; cp img folder/b; export FAIL_PATH=$PWD/folder/a FAIL_RANGES=8192-8193
      failing_seal case.bukti folder --retries 0
      """)
    #expect(outcome.exit == 3)
    #expect(
      outcome.err == """
        bukti: 1 item is not complete, and recorded so:
          #2 folder/a: partial, 4096 bytes could not be read
            missing: 4096 bytes in 1 range
              8192 to 12287, 4096 bytes: errno 5, tried 1 time

        """, "\(outcome)")
  }

  @Test func skippingAheadSparesTheSource() throws {
    guard canFail else { return }
    let outcome = try run(
      """
      head -c 4194304 /dev/urandom > img; export FAIL_PATH=$PWD/img FAIL_RANGES=409600-2457600 FAIL_LOG=log
      failing_seal case.bukti img --skip-after 4 --retries 0 --write-map case.map; result=$?
      honest case.bukti img case.map; wc -l < log; exit $result
      """)
    #expect(outcome.exit == 3)
    #expect(
      outcome.err.contains(
        """
            missing: 2048000 bytes in 3 ranges
              409600 to 425983, 16384 bytes: errno 5, tried 1 time
              425984 to 2441215, 2015232 bytes: skipped after 4 unreadable sectors in a row; 4 sectors in it were tried once
              2441216 to 2457599, 16384 bytes: errno 5, tried 1 time

        """), "\(outcome)")
    let lines = outcome.out.split(separator: "\n")
    #expect(lines.last.flatMap { Int($0) }.map { $0 < 200 } == true, "\(outcome)")
    let options = try run("bukti show case.bukti 1")
    #expect(options.out.contains("    - --skip-after 4\n"))
  }

  @Test func anImageByDdrescue() throws {
    let outcome = try run(
      """
      truncate -s 60000 img; echo '# Mapfile. Created by GNU ddrescue version 1.27' > img.map
      printf '0x0 + 1\\n0x00000000  0x00003000  +\\n0x00003000  0x00000200  -\\n' >> img.map
      printf '0x00003200  0x0000B860  +\\n0x0000EA60  0x00001000  ?\\n' >> img.map
      seal case.bukti img --map img.map --exhibit 7; result=$?
      bukti list case.bukti; bukti cat case.bukti img > out 2>/dev/null; stat -c %s out
      cmp -n 12288 out img && cmp -i 12800 -n 47200 out img || exit 90
      bukti cat case.bukti img.map 2>/dev/null | cmp - img.map || exit 91
      bukti verify case.bukti --pin \(Scene.pin) >/dev/null; exit $result
      """)
    #expect(outcome.exit == 3, "\(outcome)")
    #expect(outcome.out.contains("#1  file  62.5 KiB "))
    #expect(outcome.out.contains("#2  document  "))
    #expect(outcome.out.hasSuffix("\n64096\n"))
    #expect(
      outcome.err.contains(
        """
          #1 img: partial, 4608 bytes were not attempted
            missing: 4608 bytes in 2 ranges
              12288 to 12799, 512 bytes: a bad sector, by ddrescue's map
              60000 to 64095, 4096 bytes: not tried, by ddrescue's map

        """), "\(outcome)")
  }

  /// A map that GNU ddrescue itself makes of a part of an image.
  @Test func aMapOfDdrescueItself() throws {
    let outcome = try run(
      """
      command -v ddrescue >/dev/null || { echo "skipped: ddrescue is not there"; exit 77; }
      ddrescue -q -i 8192 -s 16384 img part part.map && ddrescuelog -C part.map > whole.map || exit 90
      seal case.bukti part --map part.map; result=$?
      bukti cat case.bukti part 2>/dev/null | cmp -i 8192 - img -n 16384 || exit 91; exit $result
      """)
    if outcome.exit == 77 { return print(outcome.out) }
    #expect(outcome.exit == 3, "\(outcome)")
    #expect(outcome.err.contains("\n      0 to 8191, 8192 bytes: "))
  }

  /// What was lost is known, whoever reads the words.
  @Test func aMapIsWrittenBeforeAnythingIsPrinted() throws {
    let outcome = try run(
      "seal case.bukti img --write-map img.map >/dev/full; echo $?; cat img.map")
    #expect(outcome.out.hasPrefix("74\n# Mapfile."), "\(outcome)")
  }

  @Test(arguments: [
    ("seal case.bukti img --map nothing.map", 66, "[not-found]"),
    ("seal case.bukti img --map img", 64, "img: Line 1 of the map is none of ddrescue's"),
    (
      "seal case.bukti img --map long.map", 64,
      "it calls 99999 bytes finished, and the image has 65536"
    ),
    ("seal case.bukti img --write-map long.map", 73, "long.map exists already"),
    ("seal case.bukti img --write-map no/such/img.map", 66, "no folder to write no/such/img.map"),
    ("seal case.bukti img long.map --map long.map", 64, "need exactly one source"),
    ("seal case.bukti - --map long.map", 64, "need exactly one source"),
    ("seal case.bukti img --map a --write-map b", 64, "--write-map does not go with --map"),
    ("seal case.bukti img --retries -1", 64, "--retries"),
    ("seal case.bukti img --skip-after 1000001", 64, "--skip-after is 0 to 1000000"),
  ])
  func refusedBeforeAnythingIsMade(line: String, exit: Int, words: String) throws {
    let outcome = try run(
      "printf '0 + 1\\n0 99999 +\\n' > long.map; \(line); result=$?; [ ! -e case.bukti ] && exit $result"
    )
    #expect(outcome.exit == exit)
    #expect(outcome.err.contains(words), "\(outcome)")
  }
}
