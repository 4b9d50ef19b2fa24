import Testing

/// What reads a sealed bundle: info, list, show, receipt, export-seal, cat.
@Suite struct ReadingTests {
  private let scene: Scene

  init() throws {
    scene = try Scene()
    try scene.check(
      """
      seq 1 1000 > file; mkdir folder; echo a > folder/a; echo b > folder/b.tmp; ln -s a folder/link
      seal case.bukti file folder --exclude '*.tmp' || [ $? -eq 3 ]
      cp case.bukti flipped; flip flipped 1200
      """)
  }

  private static let unknown =
    "Proven by seal 11, whose signer is not established: give --pin FINGERPRINT or --roots FILE.\n"

  @Test func info() throws {
    let outcome = try scene.run("bukti info case.bukti")
    #expect(outcome.exit == 0)
    #expect(
      outcome.out.replacing(/bytes: [0-9]{4}\n/, with: "bytes: <n>\n") == """
        id: <uuid>
        volumes: 1
        bytes: <n>
        case: EX-1
        agency: Example Police
        last-seal: 11
        root: <hash>
        signatures: 1
        items: 5
        open-items: 0
        closed: no
        bytes-after-last-seal: 0
        last-session-by: Example Examiner
        last-session-why: order 1/2026
        last-session-at: <time>
        Nothing was verified: no signature checked, no evidence hashed. bukti verify case.bukti does.

        """)
    let json = try scene.run(
      "bukti info case.bukti --json | python3 -c 'import json, sys; print(json.load(sys.stdin)[\"items\"])'"
    )
    #expect(json.out == "5\n")
  }

  @Test func list() throws {
    let outcome = try scene.run("bukti list case.bukti")
    #expect(outcome.exit == 0)
    #expect(
      outcome.out == """
        #1  file  3.8 KiB  seal 11  file
        #2  directory  0 B  seal 11  folder
        #3  file  2 B  seal 11  folder/a
        #4  file  0 B  seal 11  folder/b.tmp
        #5  symlink  0 B  seal 11  folder/link

        """)
    #expect(outcome.err == Self.unknown)
    let long = try scene.run("bukti list case.bukti --long --pin \(Scene.pin)")
    #expect(long.err == "")
    #expect(
      long.out == """
        #1  file  3.8 KiB  seal 11  complete  <hash>  file
        #2  directory  0 B  seal 11  complete  -  folder
        #3  file  2 B  seal 11  complete  <hash>  folder/a
        #4  file  0 B  seal 11  not-acquired  -  folder/b.tmp
        #5  symlink  0 B  seal 11  complete  -  folder/link

        """)
    #expect(try scene.run("bukti list case.bukti --verify").out == long.out)
  }

  @Test func listNamesTheSealThatCoveredAnItemFirst() throws {
    let outcome = try scene.run(
      """
      append case.bukti folder/a >/dev/null; bukti list case.bukti --long --pin \(Scene.pin) > index
      bukti list case.bukti --verify | cmp - index && grep -oE 'seal [0-9]+' index | sed -n '1p;6p'
      """)
    #expect(outcome.exit == 0, "\(outcome)")
    #expect(outcome.out == "seal 11\nseal 17\n")
  }

  @Test func listVerifiedFailsWhereTheBundleDoes() throws {
    let outcome = try scene.run("bukti list flipped --verify")
    #expect(outcome.exit == 1)
    #expect(outcome.out.hasPrefix("#1  file  3.8 KiB"))
    #expect(outcome.err == "bukti: flipped is not intact; bukti verify says what is wrong.\n")
  }

  @Test func show() throws {
    let all = try scene.run("bukti show case.bukti")
    #expect(all.exit == 0)
    let heads = all.out.split(separator: "\n").filter { $0.hasPrefix("Record ") }
    #expect(heads == ["Record 0: genesis", "Record 1: session", "Record 11: seal"])
    let one = try scene.run("bukti show case.bukti 6")
    #expect(
      one.out.hasPrefix(
        "Record 6: item, item #3\n  kind: file\n  name: folder/a\n  size: 2\n  state: complete\n"))
    let json = try scene.run(
      """
      bukti show case.bukti 6 --json | python3 -c 'import json, sys; r = json.load(sys.stdin)
      print(r["record"], r["type"], r["item"], r["content"]["name"], r["content"]["size"])'
      """)
    #expect(json.out == "6 item 3 folder/a 2\n")
    let none = try scene.run("bukti show case.bukti 99")
    #expect(none.exit == 66)
    #expect(none.err.hasPrefix("bukti: Record 99 is not in case.bukti"))
  }

  @Test func receipt() throws {
    let printed = try scene.run("bukti receipt case.bukti")
    #expect(printed.out.contains(/^bukti\/1\/<uuid>\n11\n[A-Za-z0-9+\/]{43}=\n$/))
    let outcome = try scene.run(
      "bukti receipt case.bukti --to receipt && bukti receipt case.bukti | cmp - receipt")
    #expect(outcome.exit == 0)
    #expect(
      outcome.err
        == "Receipt of case.bukti in receipt. Its signatures were not checked: bukti verify does.\n"
    )
    let again = try scene.run("bukti receipt case.bukti --to receipt")
    #expect(again.exit == 73)
    #expect(
      again.err
        == "bukti: receipt exists already and is not overwritten; name another file. [exists]\n")
  }

  private static let canReadCodes = (try? Scene().run("command -v zbarimg"))?.exit == 0

  /// As JSON, and as a phone or a mail may bring it back, for both verifiers.
  @Test func receiptsThatTravelled() throws {
    let outcome = try scene.run(
      """
      set -e; bukti receipt case.bukti > text; bukti receipt case.bukti --as json > json
      python3 -c 'import json; r = json.load(open("json")); t = open("text").read()
      assert r["checkpoint"] == t and r["records"] == 11 and r["format"] == "bukti-receipt/1" \
        and r["bundle"] in t and r["branch"] is None, r'
      sed 's/$/\r/' text > mail; head -c -1 text > phone; (cat text; echo) > scanned
      for one in json mail phone scanned; do
        bukti verify case.bukti --pin \(Scene.pin) --receipt $one > said
        python3 $BUKTI_TOP/spec/verify/bukti-verify verify case.bukti --pin \(Scene.pin) --receipt $one > said
      done
      for bad in '{}' '{"checkpoint": 5}' '{' ''; do
        printf %s "$bad" > bad; bukti verify case.bukti --receipt bad || echo "exit $?"
        python3 $BUKTI_TOP/spec/verify/bukti-verify verify case.bukti --receipt bad || echo "exit $?"
      done
      """)
    #expect(outcome.exit == 0, "\(outcome)")
    #expect(outcome.out == String(repeating: "exit 64\nexit 64\n", count: 4), "\(outcome)")
  }

  @Test(.enabled("zbarimg, of zbar-tools, reads codes") { Self.canReadCodes })
  func receiptsAsCodes() throws {
    let outcome = try scene.run(
      """
      bukti receipt case.bukti --as png --to receipt.png
      bukti receipt case.bukti --as qr > qr
      python3 - <<'END'
      # Half blocks as pixels, four to a module, for a reader that knows nothing of Bukti.
      upper = {"█": "11", "▀": "10", "▄": "01", " ": "00"}
      rows = [[upper[c][half] for c in line.rstrip("\\n")] for line in open("qr") for half in (0, 1)]
      with open("qr.pgm", "w") as out:
          out.write("P2 %d %d 1\\n" % (4 * len(rows[0]), 4 * len(rows)))
          for row in rows:
              line = " ".join("0" if c == "1" else "1" for c in row for _ in range(4)) + "\\n"
              out.write(line * 4)
      END
      bukti receipt case.bukti > text; echo >> text
      for code in receipt.png qr.pgm; do zbarimg -q --raw $code 2> /dev/null | cmp - text && echo equal; done
      """)
    #expect(outcome.out == "equal\nequal\n", "\(outcome)")
  }

  @Test func opensslAcceptsAnExportedSeal() throws {
    let outcome = try scene.run(
      """
      bukti export-seal case.bukti --to seals && ls seals &&
      openssl cms -verify -cades -binary -purpose any -inform DER -in seals/seal-11.p7s \
        -content seals/seal-11.txt -CAfile examiner.cert.pem -out /dev/null
      """)
    #expect(outcome.exit == 0, "\(outcome)")
    #expect(outcome.out == "seal-11.p7s\nseal-11.txt\n")
    #expect(outcome.err.hasPrefix("Seal 11: checkpoint and 1 signature in seals.\n"))
    #expect(try scene.run("bukti export-seal case.bukti --to seals").exit == 73)
    #expect(try scene.run("bukti export-seal case.bukti --seal 3 --to x").exit == 66)
    #expect(try scene.run("bukti export-seal case.bukti --seal 99 --to x").exit == 66)
  }

  @Test func cat() throws {
    let whole = try scene.run("bukti cat case.bukti file --pin \(Scene.pin) | cmp - file")
    #expect(whole.exit == 0 && whole.err == "")
    let range = try scene.run(
      "bukti cat case.bukti 1 --range 8:4; bukti cat case.bukti 1:file --range 3891:9")
    #expect(range.out == "5\n6\n0\n")
    #expect(range.err == Self.unknown + Self.unknown)
  }

  @Test(arguments: [
    (
      "nope", 66,
      "The last seal of case.bukti covers no item nope; bukti list case.bukti shows all."
    ),
    ("99", 66, "covers no item 99"), ("folder", 64, "folder has no bytes: it is a directory."),
    ("folder/b.tmp", 3, "Not all of it was taken: not-acquired, excluded by the pattern *.tmp."),
    ("file --range 5", 64, "The value '5' is invalid for '--range <offset:length>'"),
  ])
  func catOfWhatIsNotThere(item: String, exit: Int, words: String) throws {
    let outcome = try scene.run("bukti cat case.bukti \(item)")
    #expect(outcome.exit == exit)
    #expect(outcome.outputBytes.isEmpty)
    #expect(outcome.err.contains(words), "\(outcome)")
  }

  @Test func anAmbiguousNameListsTheItems() throws {
    let outcome = try scene.run(
      "append case.bukti file >/dev/null; bukti cat case.bukti file --pin \(Scene.pin)")
    #expect(outcome.exit == 64)
    #expect(
      outcome.err == """
        bukti: file: 2 items have this name: #1 (session 1), #6 (session 2). Ask for one by its #ID. [name-ambiguous]

        """)
    #expect(try scene.run("bukti cat case.bukti 2:file | cmp - file").exit == 0)
    #expect(try scene.run("bukti cat case.bukti '#6' | cmp - file").exit == 0)
    let listed = try scene.run("bukti list case.bukti file '#2' --pin \(Scene.pin)")
    #expect(listed.exit == 0)
    #expect(listed.out.split(separator: "\n").map { $0.prefix(2) } == ["#1", "#2", "#6"])
    #expect(try scene.run("bukti list case.bukti 3:file").exit == 66)
  }

  @Test func damagedBytesAreNotWritten() throws {
    let outcome = try scene.run("bukti cat flipped file --pin \(Scene.pin)")
    #expect(outcome.exit == 1)
    #expect(outcome.outputBytes.isEmpty)
    #expect(outcome.err.hasSuffix(" [payload-digest]\n"))
    #expect(outcome.err.hasPrefix("bukti: The "), "\(outcome)")
  }

  @Test(arguments: [
    "info", "list", "show", "receipt", "cat x", "extract --to x", "export-seal --to x",
  ])
  func onlyBundlesAreRead(command: String) throws {
    let words = command.split(separator: " ", maxSplits: 1).map(String.init)
    let rest = words.count > 1 ? words[1] : ""
    for (path, exit) in [("file", 65), ("missing", 66)] {
      let line = words[0] == "cat" ? "bukti cat \(path) x" : "bukti \(words[0]) \(path) \(rest)"
      let outcome = try scene.run(line)
      #expect(outcome.exit == exit, "\(line)\n\(outcome)")
      #expect(outcome.outputBytes.isEmpty)
      #expect(outcome.err.hasPrefix("bukti: "))
    }
    #expect(try scene.run("[ ! -e x ]").exit == 0)
  }

  /// Words that get lost on their way to a full disk are no success.
  @Test(arguments: ["verify", "info", "list", "show", "receipt"])
  func aFullOutputIsAnError(command: String) throws {
    let outcome = try scene.run("bukti \(command) case.bukti >/dev/full")
    #expect(outcome.exit == 74)
    #expect(outcome.err.hasSuffix("No space left on device [disk-full]\n"))
  }
}
