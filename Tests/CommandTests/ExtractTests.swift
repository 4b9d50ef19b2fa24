import Testing

/// `bukti extract`: what is written, where, and what is not.
@Suite struct ExtractTests {
  private let scene: Scene

  init() throws {
    scene = try Scene()
    try scene.check(
      """
      seq 1 1000 > file; mkdir folder; echo a > folder/a; ln -s a folder/link; seal case.bukti file folder
      """)
  }

  @Test func everything() throws {
    let outcome = try scene.run(
      """
      bukti extract case.bukti --to out --pin \(Scene.pin) && find out | LC_ALL=C sort &&
      cmp file out/session-0001/file && cmp folder/a out/session-0001/folder/a
      """)
    #expect(outcome.exit == 0, "\(outcome)")
    #expect(
      outcome.out == """
        Extracted 4 of 4 items to out.
        intact: holds
        complete: holds
        signed-by: holds
        out
        out/bukti-extracted.json
        out/session-0001
        out/session-0001/file
        out/session-0001/folder
        out/session-0001/folder/a
        out/session-0001/folder/link.symlink

        """)
    #expect(outcome.err == "")
  }

  @Test func oneItem() throws {
    let outcome = try scene.run(
      "bukti extract case.bukti folder/a --to out --pin \(Scene.pin) && find out -type f | LC_ALL=C sort"
    )
    #expect(outcome.exit == 0, "\(outcome)")
    #expect(
      outcome.out == """
        Extracted 1 of 1 items to out.
        out/bukti-extracted.json
        out/session-0001/folder/a

        """)
    let none = try scene.run("bukti extract case.bukti nope --to none")
    #expect(none.exit == 66)
    #expect(try scene.run("[ ! -e none ]").exit == 0)
  }

  @Test func nothingIsOverwritten() throws {
    try scene.check("mkdir out; echo mine > out/mine")
    let outcome = try scene.run("bukti extract case.bukti --to out")
    #expect(outcome.exit == 73)
    #expect(outcome.out == "")
    #expect(
      outcome.err
        == "bukti: out is not empty: name another folder, or give --into-existing. [exists]\n")
    let into = try scene.run("bukti extract case.bukti --to out --into-existing && cat out/mine")
    #expect(into.exit == 0)
    #expect(into.out.hasSuffix("\nmine\n"))
  }

  @Test func linksWhereAskedFor() throws {
    let outcome = try scene.run(
      "bukti extract case.bukti --to out --links >/dev/null; readlink out/session-0001/folder/link")
    #expect(outcome.out == "a\n")
  }

  @Test func unsealedItemsAreLeftOutUnlessAskedFor() throws {
    try scene.check(
      """
      echo c > late; append case.bukti late
      python3 -c 'data = open("case.bukti", "rb").read()
      open("case.bukti", "wb").write(data[:data.rindex(bytes.fromhex("f7b14b9ed3c508"))])'
      """)
    let without = try scene.run("bukti extract case.bukti --to out; echo $?; find out -name late")
    #expect(
      without.out == """
        Extracted 4 of 5 items to out.
        intact: holds
        complete: fails
        signed-by: not established
        3

        """)
    #expect(without.err == "  #5 late: unsealed, no seal covers it\n")
    let with = try scene.run("bukti extract case.bukti --to all --unsealed; find all -name late")
    #expect(with.out.contains("\nBeneath UNSEALED/, vouched for by nobody: 1 more.\n"))
    #expect(with.out.hasSuffix("\nall/UNSEALED/session-0002/late\n"))
  }

  @Test func whatFailsGetsNoName() throws {
    let outcome = try scene.run(
      "flip case.bukti 1200; bukti extract case.bukti --to out; echo $?; find out -type f -name file"
    )
    #expect(outcome.out.hasPrefix("Extracted 3 of 4 items to out.\nintact: fails\n"), "\(outcome)")
    #expect(outcome.out.hasSuffix("\n1\n"))
    #expect(outcome.err.hasPrefix("  #1 file: skipped, damaged\n"))
  }
}
