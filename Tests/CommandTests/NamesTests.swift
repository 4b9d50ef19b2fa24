import Testing

/// Names of evidence are chosen by its owner, who may mean to mislead whoever reads them.
@Suite struct NamesTests {
  private let scene: Scene

  private static let make = """
    mkdir names
    touch names/$'caf\\351' names/$'esc\\e[31m' names/$'lf\\nx' names/$'bidi\\u202ecod.exe' names/$'c1\\u009b31m' \
      names/'back\\slash' names/'ümlaut'

    """

  init() throws {
    scene = try Scene()
    try scene.check(Self.make + "seal case.bukti names")
  }

  @Test func listWritesThemOut() throws {
    let outcome = try scene.run("bukti list case.bukti --pin \(Scene.pin)")
    #expect(
      outcome.out == #"""
        #1  directory  0 B  seal 12  names
        #2  file  0 B  seal 12  names/back\\slash
        #3  file  0 B  seal 12  names/bidi\u{202e}cod.exe
        #4  file  0 B  seal 12  names/c1\u{9b}31m
        #5  file  0 B  seal 12  names/caf\xe9
        #6  file  0 B  seal 12  names/esc\u{1b}[31m
        #7  file  0 B  seal 12  names/lf\u{a}x
        #8  file  0 B  seal 12  names/ümlaut

        """#)
  }

  @Test(arguments: [
    "list case.bukti --verify", "list case.bukti --json", "list case.bukti --long",
    "show case.bukti 4", "show case.bukti 5 --json", "show case.bukti 6", "verify case.bukti",
    "verify case.bukti --json", "extract case.bukti --to out",
    "extract case.bukti --to out --windows",
    "cat case.bukti $'no\\e[31m'", "verify $'no\\e[31m'", "list $'no\\u202e\\351'",
    "extract case.bukti $'names/esc\\e[31m' --to $'out\\e[31m'", "info $'\\e[31m.bukti'",
    "verify $'\\e[31m.bukti' case.bukti", "receipt $'\\e[31m.bukti' --to $'\\e[32m'",
    "export-seal $'\\e[31m.bukti' --to $'\\e[33m'",
    "append $'\\e[31m.bukti' $'names/c1\\u009b31m' $session --why $'\\e[31m'",
    "append $'\\e[31m.bukti' $'names/nothing\\u009b31m' $session --why w",
    "seal $'\\e[31m.bukti' $'names/c1\\u009b31m' $session --case-number 1 --why w",
    "seal $'\\e[35m.bukti' names --exclude $'*\\e*' $session --case-number $'\\e[1m' --why w",
    "identity show $'\\e[31m.pem'",
  ])
  func nothingSteersTheTerminal(command: String) throws {
    try scene.check("cp case.bukti $'\\e[31m.bukti'")
    let outcome = try scene.run("bukti \(command)")
    #expect(!outcome.outputBytes.isEmpty || !outcome.errorBytes.isEmpty)
    #expect(!outcome.steersTerminal, "\(outcome)")
  }

  @Test func aCertificateCannotSteerItEither() throws {
    let outcome = try scene.run(
      """
      bukti identity create evil.pem --name $'E\\e[31mvil\\u202e' --password-file password; bukti identity show evil.pem
      echo x > x; bukti seal evil.bukti x --identity evil.pem --password-file password --case-number 1 --why w
      bukti verify evil.bukti; bukti verify evil.bukti --json; bukti show evil.bukti; bukti info evil.bukti
      """)
    #expect(!outcome.steersTerminal, "\(outcome)")
  }

  @Test func jsonGivesTheBytesOfWhatIsNoPlainText() throws {
    let outcome = try scene.run(
      """
      bukti list case.bukti --json | python3 -c 'import json, sys
      for row in json.load(sys.stdin): print(ascii(row["name"]))'
      """)
    #expect(
      outcome.out == #"""
        'names'
        'names/back\\slash'
        {'bytes': '6e616d65732f62696469e280ae636f642e657865', 'text': 'names/bidi\u202ecod.exe'}
        {'bytes': '6e616d65732f6331c29b33316d', 'text': 'names/c1\x9b31m'}
        {'bytes': '6e616d65732f636166e9', 'text': 'names/caf\ufffd'}
        {'bytes': '6e616d65732f6573631b5b33316d', 'text': 'names/esc\x1b[31m'}
        {'bytes': '6e616d65732f6c660a78', 'text': 'names/lf\nx'}
        'names/\xfcmlaut'

        """#)
  }

  @Test func theyCanBeGivenAsTheyAre() throws {
    let outcome = try scene.run(
      """
      echo content > names/$'n\\351'; seal one.bukti names/$'n\\351' >/dev/null
      bukti cat one.bukti $'n\\351' --pin \(Scene.pin) && bukti cat one.bukti $'1:n\\351' --pin \(Scene.pin) &&
      echo x | seal $'b\\351.bukti' - --name $'s\\377' >/dev/null && [ -e $'b\\351.bukti' ] &&
      bukti list $'b\\351.bukti' --pin \(Scene.pin)
      """)
    #expect(outcome.exit == 0, "\(outcome)")
    #expect(outcome.out == "content\ncontent\n#1  stream  2 B  seal 7  s\\xff\n")
  }
}
