import Testing

/// `bukti prove` and `bukti verify-proof`: one item, or a range of it, without the bundle.
@Suite struct ProofTests {
  private let scene: Scene
  private static let prelude = """
    python() { python3 \(Scene.top)/spec/verify/bukti-verify "$@"; }
    vectors=\(Scene.top)/testvectors
    codes() { # of a report in JSON
      python3 -c 'import json, sys; r = json.load(sys.stdin)
    print(*[f["code"] for f in r["findings"]])'
    }

    """

  init() throws {
    scene = try Scene()
    try scene.check(
      """
      mkdir folder; seq 1 9 > folder/five; for n in $(seq 60); do echo "photo $n" > folder/$n.jpg; done
      head -c 1500000 /dev/urandom > disk.img; seal case.bukti disk.img folder --compress none
      """)
  }

  private func run(_ lines: String) throws -> Outcome { try scene.run(Self.prelude + lines) }

  @Test func anItemIsProvenWithoutTheBundle() throws {
    let outcome = try run(
      """
      bukti prove case.bukti folder/7.jpg --to photo.bukti-proof && mkdir away && mv photo.bukti-proof away && cd away
      for verify in "bukti verify-proof" "python verify-proof"; do
        $verify photo.bukti-proof --pin \(Scene.pin) --content ../folder/7.jpg > report; echo $?
        $verify photo.bukti-proof --pin \(Scene.pin) > report; echo $?
        $verify photo.bukti-proof --pin \(Scene.pin) --content ../folder/8.jpg > report; echo $?
        $verify photo.bukti-proof --content ../folder/7.jpg > report; echo $?
        $verify photo.bukti-proof --pin \(Scene.pin) --require existed-by > report; echo $?
        $verify - --pin \(Scene.pin) < photo.bukti-proof > report; echo $?
        $verify ../case.bukti > report; echo $?
        $verify missing > report; echo $?
      done 2>/dev/null
      """)
    let exits = "0\n0\n1\n2\n2\n0\n65\n66\n"
    #expect(outcome.out == exits + exits)
    let text = try run("bukti verify-proof away/photo.bukti-proof --pin \(Scene.pin)")
    #expect(text.out.contains(/included +HOLDS/) && text.out.contains("folder/7.jpg"))
    #expect(text.out.contains(/content +NOT ESTABLISHED/))
    #expect(text.out.contains("Not shown") && !text.steersTerminal)
  }

  @Test func aRangeIsCarriedAndWritten() throws {
    let outcome = try run(
      """
      bukti prove case.bukti disk.img --range 262143:600001 --to range && tail -c +262144 disk.img | head -c 600001 > wanted
      for verify in "bukti verify-proof" "python verify-proof"; do
        rm -f part; $verify range --pin \(Scene.pin) --to part --content wanted > report; echo $?; cmp part wanted
        $verify range --pin \(Scene.pin) --to part > report; echo $?; $verify range --content disk.img > report; echo $?
        cp range bad; flip bad 700000; $verify bad --to never > report; echo $?; ls never
      done 2>/dev/null
      bukti prove case.bukti disk.img --range 1499999:2 --to beyond; echo $?
      bukti prove case.bukti disk.img --range 5:0 --to beyond; echo $?; ls beyond
      """)
    #expect(outcome.out == "0\n73\n1\n1\n0\n73\n1\n1\n64\n64\n")
    #expect(outcome.err.contains("The range has to lie in the item, which has 1500000 bytes."))
  }

  @Test func nothingIsOverwritten() throws {
    let outcome = try run(
      """
      echo mine > taken; bukti prove case.bukti folder/five --to taken; echo $?; cat taken
      bukti prove case.bukti nobody --to new; echo $?; ls -A | grep -c -e new -e bukti-part
      """)
    #expect(outcome.out == "73\nmine\n66\n0\n")
  }

  @Test func opensslRepeatsTheCheck() throws {
    let outcome = try run(
      """
      bukti prove case.bukti folder/five --to proof && bukti verify-proof proof --export seal > report
      ls seal; verify() { openssl cms -verify -cades -binary -purpose any -inform DER -in seal/signature.p7s \
        -content seal/checkpoint.txt -CAfile examiner.cert.pem -out /dev/null; echo $?; }
      verify; flip seal/checkpoint.txt 20; verify
      """)
    #expect(outcome.out == "checkpoint.txt\nsignature.p7s\n0\n4\n")
  }

  @Test func aLaterSealAndItsReceipt() throws {
    let outcome = try run(
      """
      append case.bukti folder/five > out; append case.bukti folder/1.jpg > out; bukti receipt case.bukti > receipt
      size=$(sed -n 2p receipt); bukti prove case.bukti '#3' --to own; bukti prove case.bukti '#3' --seal $size --to later
      for file in own later; do
        bukti verify-proof $file --pin \(Scene.pin) --receipt receipt --json > report; echo $?; codes < report
        python verify-proof $file --pin \(Scene.pin) --receipt receipt --json | codes
      done
      bukti prove case.bukti '#3' --seal 5 --to none; echo $?
      """)
    #expect(
      outcome.out == """
        2
        content-none timestamp-none receipt-size
        content-none timestamp-none receipt-size
        0
        content-none timestamp-none
        content-none timestamp-none
        66

        """)
    #expect(outcome.err.contains("has to be a later one than the item"))
  }

  /// Where only a key of the run sealed an item, a later seal is taken that stands by itself.
  @Test func aSealOfTheRunIsPassedOver() throws {
    let outcome = try run(
      """
      head -c 30000000 /dev/urandom > big
      bukti seal run.bukti folder/five big --seal-every 3MiB $session --case-number 1 --why w > out 2>&1 & command=$!
      until [ "$(size run.bukti 2>/dev/null || echo 0)" -ge 8000000 ]; do sleep 0.002; done
      kill -KILL $command; wait $command; bukti append --resume run.bukti big $session --why 'after the kill' > out || cat out
      bukti prove run.bukti '#1' --to proof && bukti verify-proof proof --pin \(Scene.pin) --content folder/five > report; echo $?
      python verify-proof proof --pin \(Scene.pin) --content folder/five > report; echo $?
      bukti prove run.bukti '#1' --seal "$(bukti show run.bukti --json | grep '"seal"' | sed -n 2p | grep -o '"record": [0-9]*' | tr -dc 0-9)" --to run
      bukti verify-proof run --pin \(Scene.pin) --json | codes
      """)
    #expect(
      outcome.out == "0\n0\ncontent-none seal-run timestamp-none\n", "\(outcome)")
  }

  /// What a copy lacks cannot be proven from it; what it has is proven as from the whole.
  @Test func fromACopy() throws {
    let outcome = try run(
      """
      copy() { bukti withhold case.bukti folder/five $session --reason privilege --recipient 'Example Defence' \
        --authority order --authority-number 7/2026 "$@" > out; }
      copy --to content.bukti; copy --level metadata --to all.bukti
      bukti prove case.bukti '#3' --to one; bukti prove content.bukti '#3' --to two; bukti prove all.bukti '#3' --to three
      cmp one two; cmp one three; id=$(bukti list case.bukti folder/five --json | grep -m1 '"id"' | tr -dc 0-9)
      bukti prove all.bukti "#$id" --to secret; bukti verify-proof secret --pin \(Scene.pin) --json > report; echo $?
      codes < report; grep -c five secret; python verify-proof secret --pin \(Scene.pin) --json | codes
      bukti prove content.bukti folder/five --range 0:1 --to none; echo $?
      """)
    #expect(
      outcome.out
        == "0\nwithheld timestamp-none\n0\nwithheld timestamp-none\n1\n", "\(outcome)")
    #expect(outcome.err.contains("[withheld]"))
  }

  /// Refused and adopted records, from the scenarios of the vectors.
  @Test func refusedAndAdopted() throws {
    let outcome = try run(
      """
      bukti prove $vectors/scenarios/unsigned-tail-adopted_ok/bundle.bukti '#2' --to adopted
      bukti verify-proof adopted --json | codes; python verify-proof adopted --json | codes
      bukti prove $vectors/scenarios/unsigned-tail-refused_ok/bundle.bukti planted.txt --to refused; echo $?
      bukti prove $vectors/scenarios/unsigned-tail-refused_ok/bundle.bukti '#2' --to honest
      bukti verify-proof honest --json | grep second.txt
      """)
    #expect(
      outcome.out == """
        adopted content-none trust-none timestamp-none
        adopted content-none trust-none timestamp-none
        66
            "name": "second.txt",

        """, "\(outcome)")
  }

  /// Items of the vectors, with ranges; all of them are in `make test-both`.
  @Test func bothVerifiersAgreeOnProofsOfTheVectors() throws {
    let outcome = try run(
      """
      \(Scene.top)/Tests/tools/proofs "$(command -v bukti)" case.bukti $vectors/valid/every-type.bukti $vectors/valid/*resume*.bukti
      """)
    #expect(outcome.exit == 0, "\(outcome)")
    #expect(outcome.out.contains("both verifiers agree"))
  }
}
