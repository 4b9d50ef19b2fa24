import Testing

/// `bukti withhold`: a copy that lacks what was decided, and nothing else.
@Suite struct WithholdTests {
  private let scene: Scene
  private static let prelude = """
    withhold() {
      bukti withhold case.bukti "$@" $session --reason privilege --recipient 'Example Defence' \
        --authority order --authority-number 7/2026
    }
    holds() { # names, digests and bytes of the secret item that are still in a file
      python3 - "$1" <<'END'
    import hashlib, sys
    data = open(sys.argv[1], "rb").read()
    secret = open("folder/secret.txt", "rb").read()
    for what, needle in (("content", secret[1000:1040]), ("sha256", hashlib.sha256(secret).digest()),
                         ("md5", hashlib.md5(secret).digest()), ("sha1", hashlib.sha1(secret).digest()),
                         ("name", b"secret.txt")):
        if needle in data: print(what)
    END
    }
    valid() {
      bukti verify "$1" --pin \(Scene.pin) > verified && grep -q 'withheld (complete, exception)' verified &&
      python3 \(Scene.top)/spec/verify/bukti-verify verify "$1" --pin \(Scene.pin) > /dev/null
    }

    """

  init() throws {
    scene = try Scene()
    try scene.check(
      """
      mkdir -p folder/sub; seq 1 300000 > folder/secret.txt; seq 1 9 > folder/open.txt; seq 5 > folder/sub/five
      seal case.bukti folder --compress none --digest md5 --digest sha1
      """)
  }

  private func run(_ lines: String) throws -> Outcome { try scene.run(Self.prelude + lines) }

  @Test func bytesAndDigestsGo() throws {
    #expect(try run("holds case.bukti").out == "content\nsha256\nmd5\nsha1\nname\n")
    let outcome = try run("withhold folder/secret.txt --to copy.bukti && valid copy.bukti")
    #expect(outcome.exit == 0)
    #expect(outcome.out.hasPrefix("Withheld 1 item in "))
    #expect(try run("holds copy.bukti").out == "name\n")
    #expect(try run("holds case.bukti").out == "content\nsha256\nmd5\nsha1\nname\n")
    #expect(
      try run("bukti cat copy.bukti folder/open.txt | cmp - folder/open.txt").exit == 0)
    let missing = try run("bukti cat copy.bukti folder/secret.txt")
    #expect(missing.exit != 0)
    #expect(missing.err.contains("[withheld]"))
  }

  /// A decision cannot be taken back: where the copy cannot be made, there is none.
  @Test(arguments: ["no/such/copy.bukti", "/proc/copy.bukti", "case.bukti/copy.bukti"])
  func aCopyNeedsAPlace(target: String) throws {
    let outcome = try run(
      "cp case.bukti before; withhold folder/secret.txt --to \(target); echo $?; cmp case.bukti before"
    )
    #expect(outcome.exit == 0, "\(outcome)")
    #expect(["66\n", "74\n"].contains(outcome.out), "\(outcome)")
  }

  /// Whatever fails before the seal leaves nothing at the copy's path.
  @Test func aWrongPasswordLeavesNoCopy() throws {
    let outcome = try run(
      """
      session="--identity examiner.pem --password-file wrong"
      withhold folder/secret.txt --to copy.bukti; echo $?; ls copy.bukti
      """)
    #expect(outcome.out == "77\n", "\(outcome)")
  }

  @Test func namesGoAsWell() throws {
    let outcome = try run(
      "withhold folder/secret.txt --level metadata --to copy.bukti && valid copy.bukti")
    #expect(outcome.exit == 0)
    #expect(try run("holds copy.bukti").out == "")
    let list = try run("bukti list copy.bukti")
    #expect(list.out.contains("folder/open.txt"))
    #expect(!list.out.contains("secret"))
  }

  @Test func whatElseMentionsItIsTold() throws {
    let outcome = try run(
      """
      ln -s folder/secret.txt link; append case.bukti link > out
      withhold 1:folder/secret.txt --level metadata --to copy.bukti
      """)
    #expect(outcome.exit == 3)
    #expect(outcome.err.contains("what is withheld is still mentioned in the copy"))
    #expect(outcome.err.contains(": item"))
  }

  @Test func aFolderBringsItsFiles() throws {
    let outcome = try run("withhold folder --level metadata --to copy.bukti && valid copy.bukti")
    #expect(outcome.exit == 0)
    #expect(outcome.out.hasPrefix("Withheld 5 items in "))
    #expect(try run("holds copy.bukti").out == "")
  }

  @Test func aCopyOfACopyListsAllAgain() throws {
    let outcome = try run(
      """
      withhold folder/secret.txt --level metadata --to copy.bukti > out && mv copy.bukti case.bukti &&
      withhold folder/open.txt --to copy.bukti && valid copy.bukti
      """)
    #expect(outcome.exit == 0)
    #expect(try run("holds copy.bukti").out == "")
    #expect(try run("bukti cat copy.bukti folder/sub/five").out == "1\n2\n3\n4\n5\n")
  }

  @Test func twoDecisionsMakeTwoCopies() throws {
    let outcome = try run(
      """
      withhold folder/open.txt --level metadata --to one.bukti > out && valid one.bukti &&
      withhold folder/secret.txt --level metadata --to two.bukti > out && valid two.bukti &&
      bukti list two.bukti
      """)
    #expect(outcome.exit == 0)
    #expect(outcome.out.contains("folder/open.txt"))
    #expect(try run("holds one.bukti").out == "content\nsha256\nmd5\nsha1\nname\n")
    #expect(try run("holds two.bukti").out == "")
  }

  @Test func aReceiptOfTheOriginalHoldsForTheCopy() throws {
    let outcome = try run(
      """
      bukti receipt case.bukti --to receipt.txt; withhold folder/secret.txt --to copy.bukti > out
      bukti verify copy.bukti --pin \(Scene.pin) --receipt receipt.txt
      """)
    #expect(outcome.exit == 0)
  }

  @Test(arguments: [
    ("folder/secret.txt --to case.bukti", 73, "is not overwritten"),
    ("nothing --to copy.bukti", 66, "[not-found]"),
  ])
  func refused(arguments: String, exit: Int32, words: String) throws {
    let outcome = try run("cp case.bukti before; withhold \(arguments)")
    #expect(outcome.exit == exit)
    #expect(outcome.err.contains(words))
    try scene.check("cmp case.bukti before")
  }

  @Test func anAuthorityIsNeeded() throws {
    let outcome = try run(
      "bukti withhold case.bukti 3 $session --reason r --recipient d --to copy.bukti")
    #expect(outcome.exit == 64)
    #expect(outcome.err.contains("--authority order"))
  }
}
