import Testing

/// Block devices: what is recorded of them, and which are refused.
@Suite(.enabled("block devices need root and loop devices") { LoopDevice.areThere })
struct DeviceTests {
  private let scene: Scene

  init() throws {
    scene = try Scene()
    try scene.check("head -c 2097152 /dev/urandom > img; mkdir mounted")
  }

  private func run(_ lines: String) throws -> Outcome {
    try scene.run(LoopDevice.prelude + lines)
  }

  /// Makes a file system on the device and mounts it.
  private let mount = "mkfs.ext4 -q $device || exit 98; mount $options $device mounted || exit 97"

  @Test func whatADeviceSaysIsRecorded() throws {
    let outcome = try run(
      """
      attach img -r; seal case.bukti $device || exit; bukti list case.bukti
      for record in 2 3 7; do bukti show case.bukti $record; done
      bukti cat case.bukti ${device#/dev/} 2>/dev/null | cmp - img || exit 96; bukti verify case.bukti --pin \(Scene.pin) >/dev/null
      """)
    #expect(outcome.exit == 0, "\(outcome)")
    #expect(outcome.out.contains(/#1  disk  2.0 MiB  seal [0-9]+  loop[0-9]+\n/))
    #expect(
      outcome.out.contains(
        /item-open, item #1\n  kind: disk\n  name: loop[0-9]+\n  expected-size: 2097152\n/))
    #expect(
      outcome.out.contains(
        /text: Device \/dev\/loop[0-9]+: 2097152 bytes, sectors of 512 bytes \(physical [0-9]+\), read-only, backed/
      ), "\(outcome)")
    #expect(outcome.out.contains("backed by <folder>/img; not mounted.\n"))
    let item = try run("bukti show case.bukti 11 || bukti show case.bukti 12").out
    for line in [
      "mounted: no", "sector-size: 512", "size: 2097152",
      "write-blocker: set read-only in the kernel",
    ] {
      #expect(
        outcome.out.contains("\n    \(line)\n") || item.contains("\n    \(line)\n"), "\(line)")
    }
  }

  @Test func aDeviceMountedReadWriteIsRefused() throws {
    let outcome = try run(
      "attach img; \(mount); seal case.bukti $device; result=$?; [ ! -e case.bukti ] && exit $result"
    )
    #expect(outcome.exit == 64)
    #expect(
      outcome.err.replacing(/loop[0-9]+/, with: "loop") == """
        bukti: /dev/loop is in use: /dev/loop is mounted read-write at <folder>/mounted (ext4). What is written while \
        it is read makes an image of no one moment. Take it out of use (umount <folder>/mounted), or give --live to read it \
        as it is; that is recorded. [usage]

        """)
    let append = try run(
      "echo x > x; seal case.bukti x >/dev/null; attach img; \(mount); append case.bukti $device")
    #expect(append.exit == 64)
  }

  @Test func aDeviceReadLiveSaysSo() throws {
    let outcome = try run(
      """
      attach img; \(mount); sync; seal case.bukti $device --live || exit
      bukti show case.bukti 1; bukti show case.bukti 3
      for record in 4 5 6 7 8 9 10 11 12 13 14; do bukti show case.bukti $record; done 2>/dev/null
      """)
    #expect(outcome.exit == 0 || outcome.out.contains("source:"), "\(outcome)")
    #expect(outcome.err.contains(" is read live, and recorded so: "))
    #expect(outcome.out.contains("    - --live\n"))
    #expect(outcome.out.contains("at <folder>/mounted (ext4, read-write). It was read live: "))
    #expect(outcome.out.contains("\n    mounted: yes\n"))
  }

  @Test func aDeviceMountedReadOnlyIsTaken() throws {
    let outcome = try run(
      """
      attach img; mkfs.ext4 -q $device; mount -o ro $device mounted || exit 97
      seal case.bukti $device || exit; bukti show case.bukti 3
      """)
    #expect(outcome.exit == 0, "\(outcome)")
    #expect(outcome.out.contains("mounted at <folder>/mounted (ext4, read-only).\n"))
  }

  @Test func aMountedPartitionKeepsItsDiskFromBeingRead() throws {
    let outcome = try run(
      """
      cat > table.py <<'END'
      table = bytearray(512)
      table[446:462] = bytes([0, 0, 0, 0, 0x83, 0, 0, 0]) + (64).to_bytes(4, "little") + (4000).to_bytes(4, "little")
      table[510:512] = b"\\x55\\xaa"
      open("img", "r+b").write(table)
      END
      python3 table.py; attach img; partx -a $device 2>/dev/null
      for try in 1 2 3 4 5 6 7 8 9 10; do [ -b ${device}p1 ] && break; sleep 0.1; done
      [ -b ${device}p1 ] || { echo "skipped: no partitions on loop devices here"; exit 77; }
      mkfs.ext4 -q ${device}p1; mount ${device}p1 mounted || exit 97
      seal case.bukti $device; [ $? = 64 ] || exit 95; umount mounted
      seal case.bukti ${device}p1 || exit; bukti list case.bukti
      """)
    if outcome.exit == 77 { return print(outcome.out) }
    #expect(outcome.exit == 0, "\(outcome)")
    #expect(outcome.err.contains(/loop[0-9]+p1 is mounted read-write at/))
    #expect(outcome.out.contains(/#1  partition  [0-9.]+ MiB  seal [0-9]+  loop[0-9]+p1\n/))
  }

  @Test func aSwapAreaIsRefused() throws {
    let outcome = try run(
      """
      attach img; mkswap $device >/dev/null && swapon $device || { echo "skipped: no swap here"; exit 77; }
      seal case.bukti $device
      """)
    if outcome.exit == 77 { return print(outcome.out) }
    #expect(outcome.exit == 64)
    #expect(outcome.err.contains(/loop[0-9]+ is swap\./))
    #expect(outcome.err.contains("(swapoff /dev/loop"))
  }

  /// Nobody can list the mounts of a container, but the kernel knows that there is one.
  @Test func aMountThatOnlyAContainerSeesIsNoticed() throws {
    let outcome = try run(
      """
      attach img; mkfs.ext4 -q $device
      unshare -m true 2>/dev/null || { echo "skipped: no mount namespaces here"; exit 77; }
      unshare -m bash -c "mount $device mounted && touch ready && exec sleep 60" & container=$!
      for try in {1..50}; do [ -e ready ] && break; sleep 0.1; done
      grep -q $device /proc/self/mountinfo && exit 94
      seal case.bukti $device; result=$?; kill $container; wait $container 2>/dev/null
      exit $result
      """)
    if outcome.exit == 77 { return print(outcome.out) }
    #expect(outcome.exit == 64, "\(outcome)")
    #expect(outcome.err.contains(/the system holds \/dev\/loop[0-9]+, and does not say for what\./))
  }

  /// The block layer's own errors: the file behind the device ends before the device does. Page by page the
  /// sector before would be lost as well.
  @Test func sectorsThatTheKernelCannotReadAreLostAndNoOthers() throws {
    let outcome = try run(
      FailingSource.prelude + """
        cp img whole; attach img; truncate -s 1049088 img
        seal case.bukti $device --name img --retries 0 --write-map case.map; result=$?
        truncate -s 2097152 img; dd if=whole of=rest bs=512 count=2049 status=none; truncate -s 2097152 rest
        honest case.bukti rest case.map || exit 90
        exit $result
        """)
    #expect(outcome.exit == 3, "\(outcome)")
    #expect(
      outcome.err.contains("      1049088 to 2097151, 1048064 bytes: errno 5, tried 1 time\n"),
      "\(outcome)")
  }

  /// What was lost before an interruption is missing at the end, too.
  @Test func lossesOutliveAnInterruption() throws {
    guard try FailingSource.build(in: scene) else { return }
    let outcome = try run(
      FailingSource.prelude + """
        attach img; export FAIL_PATH=$device FAIL_RANGES=1024-1025,1500000-1500001
        HOOK_AT=518 HOOK='kill -TERM $PPID' failing_seal case.bukti $device --name img --write-map case.map
        [ $? = 130 ] && [ ! -e case.map ] || exit 89
        LD_PRELOAD="$PWD/failing.so" append --resume case.bukti $device --write-map case.map; result=$?
        honest case.bukti img case.map || exit 90
        exit $result
        """)
    #expect(outcome.exit == 3, "\(outcome)")
    #expect(outcome.err.hasPrefix("case.map is not written: its item is not whole yet.\n"))
    #expect(
      outcome.err.contains(
        """
            missing: 1024 bytes in 2 ranges
              1024 to 1535, 512 bytes: errno 5, tried 3 times
              1499648 to 1500159, 512 bytes: errno 5, tried 3 times

        """), "\(outcome)")
  }

  @Test func aDeviceWrittenToWhileItIsReadIsNotComplete() throws {
    guard try FailingSource.build(in: scene) else { return }
    let outcome = try run(
      FailingSource.prelude + """
        attach img; export HOOK_AT=3 FAIL_PATH=$device
        export HOOK="dd if=/dev/zero of=$device bs=4096 count=3 conv=notrunc,fsync status=none"
        failing_seal case.bukti $device; result=$?; bukti verify case.bukti | grep ^intact; exit $result
        """)
    #expect(outcome.exit == 3)
    #expect(
      outcome.err.contains(
        "partial, 24 sectors of 512 bytes were written to it while it was read\n"),
      "\(outcome)")
    #expect(outcome.out.contains("intact      HOLDS\n"))
  }
}
