import Glibc
import Testing

/// Bundles in several files, on one disk or more.
@Suite struct VolumesTests {
  private let scene: Scene

  init() throws { scene = try Scene() }

  private static let verify = "bukti verify --quiet --pin \(Scene.pin)"

  @Test func everyCommandTakesAnyVolume() throws {
    try scene.check(
      """
      head -c 2000000 /dev/urandom > big; echo more > more
      seal case.bukti big --volume-size 1M
      append case.v002.bukti more
      [ -f case.v003.bukti ] && ! [ -f case.v004.bukti ]
      bukti show case.bukti | grep -q -e '--volume-size 1048576'
      for volume in case.bukti case.v001.bukti case.v003.bukti; do
        \(Self.verify) $volume | grep -q '^4 volume(s), '
        bukti cat $volume big 2>/dev/null | cmp - big
        bukti list $volume 2>/dev/null | grep -q more
        bukti info $volume | grep -q 'volumes: 4'
        bukti show $volume | grep -q order
        bukti receipt $volume | cmp - <(bukti receipt case.bukti)
        bukti export-seal $volume --to seals-$volume
        bukti extract $volume --to out-$volume --pin \(Scene.pin) > /dev/null
      done
      python3 "$BUKTI_TOP/spec/verify/bukti-verify" verify case.bukti --pin \(Scene.pin) > /dev/null
      """)
  }

  @Test(arguments: ["case.bukti", "case.v001.bukti"])
  func aMissingVolumeIsAskedForByName(missing: String) throws {
    try scene.check(
      """
      head -c 2000000 /dev/urandom > big
      seal case.bukti big --volume-size 1M
      mkdir away; mv \(missing) away
      """)
    for command in [
      "verify", "info", "show", "list", "receipt", "cat X big", "extract X --to out",
      "export-seal X --to out",
      "append X big --identity examiner.pem --password-file password --why w",
    ] {
      let bundle = missing == "case.bukti" ? "case.v002.bukti" : "case.bukti"
      let line =
        command.contains("X") ? command.replacing("X", with: bundle) : "\(command) \(bundle)"
      let outcome = try scene.run("bukti \(line)")
      #expect(outcome.exit == 66, "\(command)\n\(outcome)")
      #expect(outcome.err.contains(missing) && outcome.err.contains("--volume PATH"), "\(outcome)")
      #expect(outcome.out == "")
    }
    for place in ["away", "away/\(missing)"] {
      #expect(try scene.run("\(Self.verify) case.v002.bukti --volume \(place)").exit == 0)
    }
  }

  @Test func volumesThatDoNotBelongAreNoBundle() throws {
    try scene.check(
      """
      head -c 2000000 /dev/urandom > big
      seal case.bukti big --volume-size 1M; seal other.bukti big --volume-size 1M
      for wrong in swapped foreign doubled cut torn; do mkdir $wrong; cp case*.bukti $wrong; done
      cp case.v001.bukti swapped/case.v002.bukti; cp case.v002.bukti swapped/case.v001.bukti
      cp other.v001.bukti foreign/case.v001.bukti
      cp case.v001.bukti doubled/case.v002.bukti; cp case.v002.bukti doubled/case.v003.bukti
      rm cut/case.v003.bukti
      truncate -s -5 torn/case.v003.bukti
      """)
    for wrong in ["swapped", "foreign", "doubled"] {
      let outcome = try scene.run("\(Self.verify) \(wrong)/case.bukti")
      #expect(outcome.exit == 1 && outcome.out.contains("volume-mismatch"), "\(outcome)")
      #expect(try scene.run("append \(wrong)/case.bukti big").err.contains("volume-mismatch"))
    }
    let torn = try scene.run("\(Self.verify) torn/case.bukti")
    #expect(torn.exit == 1 && torn.out.contains("torn-tail"), "\(torn)")
    // Without the last one there is no seal, and with a receipt that is said to be a loss.
    try scene.check("bukti receipt case.bukti --to receipt")
    let cut = try scene.run("\(Self.verify) cut/case.bukti --receipt receipt")
    #expect(cut.exit == 1 && cut.out.contains("receipt-rollback"), "\(cut)")
  }

  @Test(.enabled("only the superuser mounts") { geteuid() == 0 })
  func aFullDiskIsGoneOnFromOnAnother() throws {
    defer { _ = try? scene.run("umount disk") }
    try scene.check(
      """
      mkdir disk other; head -c 6000000 /dev/urandom > big; echo more > more
      mount -t tmpfs -o size=12m tmpfs disk
      seal disk/case.bukti big > /dev/null
      """)
    let full = try scene.run("append disk/case.bukti big")
    #expect(full.exit == 74 && full.err.contains("--next-volume"), "\(full)")
    let outcome = try scene.run(
      """
      before=$(sha256sum < disk/case.bukti)
      append disk/case.bukti big more --next-volume other --adopt 'my own' || exit
      [ "$before" = "$(sha256sum < disk/case.bukti)" ] || exit 9
      [ -f other/case.v001.bukti ] || exit 8
      \(Self.verify) disk/case.bukti || exit
      bukti cat disk/case.bukti more
      """)
    #expect(outcome.exit == 0, "\(outcome)")
    #expect(outcome.out.hasSuffix("more\n"))
    // The other disk is taken away.
    let away = try scene.run("mv other away; bukti verify disk/case.bukti")
    #expect(away.exit == 66 && away.err.contains("case.v001.bukti leads to a place"), "\(away)")
    #expect(try scene.run("\(Self.verify) disk/case.bukti --volume away").exit == 0)
  }

  @Test func sizesAreGivenAsPeopleDo() throws {
    try scene.check("echo x > x; seal 4g.bukti x --volume-size 4G")
    #expect(try scene.run("bukti show 4g.bukti").out.contains("--volume-size 4294967296"))
    for wrong in ["4X", "1K", "-1", "4.5G", "99999999999G", ""] {
      #expect(try scene.run("seal wrong.bukti x --volume-size '\(wrong)'").exit == 64, "\(wrong)")
    }
    #expect(try scene.run("seal case x --volume-size 4G").exit == 73)
  }
}
