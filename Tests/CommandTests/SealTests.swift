import Glibc
import Testing

/// `bukti seal`: what it makes, and what it refuses before anything is made.
@Suite struct SealTests {
  private let scene: Scene

  init() throws {
    scene = try Scene()
    try scene.check(
      "seq 1 1000 > file; mkdir -p folder/sub; echo a > folder/a; echo b > folder/b.tmp; ln -s a folder/link"
    )
  }

  @Test func oneFile() throws {
    let outcome = try scene.run("seal case.bukti file && stat -c %a case.bukti")
    #expect(outcome.exit == 0)
    #expect(
      outcome.out == """
        Sealed 1 item, 3.8 KiB, in case.bukti.
        Seal 6, root <hash>
        Keep a receipt elsewhere: bukti receipt case.bukti --to FILE
        640

        """)
    #expect(outcome.err == "")
  }

  @Test func severalSourcesAndAStream() throws {
    let outcome = try scene.run(
      "echo from a pipe | seal case.bukti file folder - && bukti list case.bukti --pin \(Scene.pin)"
    )
    #expect(outcome.exit == 0)
    #expect(
      outcome.out == """
        Sealed 7 items, 3.8 KiB, in case.bukti.
        Seal 16, root <hash>
        Keep a receipt elsewhere: bukti receipt case.bukti --to FILE
        #1  file  3.8 KiB  seal 16  file
        #2  directory  0 B  seal 16  folder
        #3  file  2 B  seal 16  folder/a
        #4  file  2 B  seal 16  folder/b.tmp
        #5  symlink  0 B  seal 16  folder/link
        #6  directory  0 B  seal 16  folder/sub
        #7  stream  12 B  seal 16  stdin

        """)
  }

  @Test func anExistingBundleIsRefused() throws {
    try scene.check("seal case.bukti file; cp case.bukti copy")
    let outcome = try scene.run("seal case.bukti file")
    #expect(outcome.exit == 73)
    #expect(outcome.out == "")
    #expect(
      outcome.err
        == "bukti: case.bukti exists already; bukti append case.bukti … adds to it. [exists]\n")
    try scene.check("cmp case.bukti copy")
  }

  @Test(arguments: [
    ("seal case.bukti missing", 66, "missing: No such file or directory [not-found]"),
    (
      "bukti seal case.bukti file --identity nobody.pem --password-file password --case-number 1 --why w",
      66, "nobody.pem: No such file or directory [not-found]"
    ),
    (
      "bukti seal case.bukti file --identity examiner.pem --password-file wrong --case-number 1 --why w",
      77, "the password does not open the key [key-password]"
    ),
    (
      "bukti seal case.bukti file --identity examiner.pem --case-number 1 --why w", 77,
      "No terminal to ask for the password: give --password-file or --password-fd. [key-password]"
    ),
    (
      "bukti seal case.bukti file --identity file --password-file password --case-number 1 --why w",
      64, "file is not what it should be: no certificate in PEM or DER."
    ),
    ("seal case.bukti file folder --name x", 64, "--name needs exactly one source. [usage]"),
    ("seal case.bukti - -", 64, "Standard input can be read once only. [usage]"),
    ("seal case.bukti", 64, "Missing expected argument '<sources> ...'"),
    ("bukti seal case.bukti file --case-number 1", 64, "Say whose session it is: --identity FILE"),
    ("bukti seal case.bukti file $session --why w", 64, "give --case-number. [usage]"),
    ("bukti seal case.bukti file $session --case-number 1", 64, "--why"),
    ("seal case.bukti file --kind shoe", 64, "  - memory\n"),
    ("seal case.bukti file --compress shoe", 64, "How hard to compress: none, fast or best."),
    ("seal case.bukti /dev/null", 64, "is no source"),
  ])
  func refusedBeforeAnythingIsMade(line: String, exit: Int, words: String) throws {
    let outcome = try scene.run(line)
    #expect(outcome.exit == exit)
    #expect(outcome.out == "")
    #expect(outcome.err.contains(words), "\(outcome)")
    #expect(try scene.run("[ ! -e case.bukti ]").exit == 0)
  }

  /// Evidence is read while the password is tried.
  @Test(arguments: ["big", "big folder", "folder --seal-every 1MiB"])
  func aWrongPasswordLeavesNothing(sources: String) throws {
    try scene.check("head -c 50000000 /dev/urandom > big; mkdir new; cp big folder")
    let outcome = try scene.run(
      """
      bukti seal new/case.bukti \(sources) --identity examiner.pem --password-file wrong \
        --case-number 1 --why w
      """)
    #expect(outcome.exit == 77)
    #expect(outcome.out == "")
    #expect(outcome.err.contains("the password does not open the key [key-password]"), "\(outcome)")
    #expect(try scene.run("[ -z \"$(ls -A new)\" ]").exit == 0)
  }

  @Test func accessTimesStayAsTheyAre() throws {
    try scene.check(
      """
      touch -a -d 2001-01-01T00:00:00Z folder/a folder/sub folder
      seal case.bukti folder
      [ $(stat -c %X folder/a folder/sub folder | sort -u) = 978307200 ]
      """)
  }

  @Test func whatAPatternLeavesOutIsRecorded() throws {
    let outcome = try scene.run("seal case.bukti folder --exclude '*.tmp'")
    #expect(outcome.exit == 3)
    #expect(outcome.out.hasSuffix("\nLeft out by your patterns, and recorded so: 1.\n"))
    let shown = try scene.run("bukti show case.bukti 5; bukti show case.bukti 1")
    #expect(shown.out.contains("  name: folder/b.tmp\n"))
    #expect(shown.out.contains("  reason: excluded by the pattern *.tmp\n"))
    #expect(shown.out.contains("  state: not-acquired\n"))
    #expect(shown.out.contains("    - --exclude *.tmp\n"))
  }

  @Test func theBundleInItsOwnFolderIsNamed() throws {
    let outcome = try scene.run("seal folder/case.bukti folder")
    #expect(outcome.exit == 3)
    #expect(outcome.err.contains("folder/case.bukti: not-acquired, it is the bundle itself\n"))
    #expect(!outcome.out.contains("patterns"))
    #expect(try scene.run("bukti verify folder/case.bukti --pin \(Scene.pin)").exit == 0)
  }

  @Test(.enabled("the superuser reads everything") { geteuid() != 0 })
  func whatCannotBeReadIsRecorded() throws {
    let outcome = try scene.run("chmod 0 folder/a; seal case.bukti folder")
    #expect(outcome.exit == 3)
    #expect(outcome.err.contains("folder/a: not-acquired, "))
  }

  @Test func aCaseFileStandsInForFlags() throws {
    try scene.check(
      """
      echo '{"case": {"number": "EX-7", "title": "T"}, "examiner": {"name": "N"}, "why": "W",
        "authority": {"kind": "warrant", "number": "1/2026"}}' > case.json; echo '{"case": 1}' > bad.json
      """)
    let outcome = try scene.run(
      "bukti seal case.bukti file $session --case-file case.json && bukti show case.bukti")
    #expect(outcome.exit == 0)
    for line in ["number: EX-7", "title: T", "name: N", "why: W", "kind: warrant"] {
      #expect(outcome.out.contains(line))
    }
    let bad = try scene.run(
      "bukti seal bad.bukti file $session --case-file bad.json; [ ! -e bad.bukti ]")
    #expect(bad.exit == 0)
    #expect(bad.err.contains("bad.json is not JSON of the form"))
  }

  @Test func aSecretIsNeverAnArgument() throws {
    let outcome = try scene.run("bukti seal --help; bukti identity create --help")
    #expect(!outcome.out.contains("--password <"))
    let fd = try scene.run(
      "bukti seal case.bukti file --identity examiner.pem --password-fd 9 --case-number 1 --why w 9<password"
    )
    #expect(fd.exit == 0)
  }
}
