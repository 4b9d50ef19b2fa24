import Testing

/// Seals that two people sign, by the policy of their session.
@Suite struct CoSignerTests {
  private let scene: Scene
  private static let both = "--with stranger.pem --with-password-file password"
  private static let functions = """
    second=$(bukti identity show stranger.pem --fingerprint | cut -c 1-64)
    claim() { # pins
      bukti verify case.bukti "$@" --json > swift; swift=$?
      python3 $BUKTI_TOP/spec/verify/bukti-verify verify case.bukti "$@" --json > python
      echo "$swift $? $(python3 -c 'import json; print(*(json.load(open(f))["claims"]["signed-by"] for f in ("swift", "python")))')"
    }

    """

  init() throws {
    scene = try Scene()
    try scene.check("seq 1 9 > a; head -c 9000000 /dev/urandom > big")
  }

  private func run(_ lines: String) throws -> Outcome { try scene.run(Self.functions + lines) }

  @Test func bothAreNeededAndBothMustBeKnown() throws {
    let outcome = try run(
      """
      seal case.bukti a \(Self.both) > sealed || exit
      claim --pin \(Scene.pin) --pin $second; claim --pin \(Scene.pin); claim --pin $second
      bukti export-seal case.bukti --to seals 2>&1 | grep -c '2 signatures'
      append case.bukti a > sealed && claim --pin \(Scene.pin) --pin $second
      """)
    #expect(
      outcome.out == """
        0 0 holds holds
        2 2 not established not established
        2 2 not established not established
        1
        0 0 holds holds

        """, "\(outcome)")
  }

  /// The first seal on the way needs both; the run certificate that it vouches for goes on alone.
  @Test func longWorkAsksThemOnce() throws {
    let outcome = try run(
      """
      seal case.bukti big \(Self.both) --seal-every 2MiB > sealed || exit
      claim --pin \(Scene.pin) --pin $second
      bukti verify case.bukti --json | python3 -c 'import json, sys
      print([len(seal["signatures"]) for seal in json.load(sys.stdin)["seals"]])'
      for file in swift python; do grep -o 'run certificate.*as trusted as.*seal' $file | sort -u | cut -c 1-15; done
      """)
    #expect(
      outcome.out.contains(
        /^0 0 holds holds\n\[2, (1, )+2\]\nrun certificate\nrun certificate\n$/), "\(outcome)")
  }

  @Test func statementsToo() throws {
    let outcome = try run(
      """
      seal case.bukti a > sealed; bukti note case.bukti misread --item 1 $session --why x \(Self.both) > noted
      claim --pin \(Scene.pin) --pin $second
      """)
    #expect(outcome.out == "0 0 holds holds\n", "\(outcome)")
  }

  @Test func whoDoesNotSignIsSaidBeforeAnythingIsWritten() throws {
    let outcome = try run(
      """
      seal case.bukti a --with stranger.pem --with-password-file wrong; echo "exit $?"
      seal case.bukti a --with stranger.pem; echo "exit $?"
      seal case.bukti a --with a; echo "exit $?"
      seal case.bukti a --with-password-file wrong; echo "exit $?"
      ls case.bukti 2> /dev/null
      """)
    #expect(outcome.out == "exit 77\nexit 77\nexit 64\nexit 64\n", "\(outcome)")
  }
}
