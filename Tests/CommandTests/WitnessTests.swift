import Testing

/// The independent verifier in Python sees what the command sees.
@Suite struct WitnessTests {
  private let scene: Scene

  init() throws {
    scene = try Scene()
    try scene.check(
      """
      seq 1 50000 > file; mkdir folder; echo a > folder/a; ln -s a folder/link; touch folder/$'caf\\351' folder/$'e\\e'
      ln folder/a folder/twin; mkfifo folder/fifo
      seal plain.bukti file folder
      cp plain.bukti grown.bukti; seq 1 9 | append grown.bukti - --name log; append grown.bukti folder/a
      cp grown.bukti tail.bukti; python3 -c 'data = open("tail.bukti", "rb").read()
      open("tail.bukti", "wb").write(data[:data.rindex(bytes.fromhex("f7b14b9ed3c508"))])'
      cp grown.bukti flipped.bukti; flip flipped.bukti 2000
      bukti receipt plain.bukti > plain.txt; bukti receipt grown.bukti > grown.txt
      """)
  }

  @Test(arguments: ["plain.bukti", "grown.bukti", "tail.bukti --verify"])
  func lists(arguments: String) throws {
    let file = arguments.prefix { $0 != " " }
    let outcome = try scene.run(
      """
      set -e
      bukti list \(arguments) --json > swift.json
      python3 "$BUKTI_TOP/spec/verify/bukti-verify" list \(file) --json > python.json
      python3 -c 'import json
      a, b = json.load(open("swift.json")), json.load(open("python.json"))
      assert a == b and len(a) > 5, [pair for pair in zip(a, b) if pair[0] != pair[1]]'
      """)
    #expect(outcome.exit == 0, "\(outcome)")
  }

  @Test(arguments: [
    "plain.bukti", "grown.bukti --receipt plain.txt", "plain.bukti --receipt grown.txt",
    "tail.bukti", "flipped.bukti",
  ])
  func reports(arguments: String) throws {
    let outcome = try scene.run(
      """
      for trust in '' '--pin \(Scene.pin)' '--roots examiner.cert.pem' '--roots stranger.cert.pem'; do
        bukti verify \(arguments) $trust --json > swift.json; swift=$?
        python3 "$BUKTI_TOP/spec/verify/bukti-verify" verify \(arguments) $trust --json > python.json; python=$?
        [ $swift -eq $python ] || { echo "exit $swift and $python"; exit 1; }
        python3 -c 'import json
      def comparable(report):
          places = "code record volume offset length item".split()
          return {"bundle": report["bundle"], "claims": report["claims"], "receipts": report["receipts"],
                  "findings": [[f[key] for key in places] for f in report["findings"]],
                  "seals": [[s["record"], s["size"], s["root"], s["status"],
                             [[g[key] for key in ("certificate", "mathematics", "counts", "trust")]
                              for g in s["signatures"]]] for s in report["seals"]]}
      a, b = (comparable(json.load(open(name))) for name in ("swift.json", "python.json"))
      assert a == b, [(key, a[key], b[key]) for key in a if a[key] != b[key]]' || exit 1
      done
      """)
    #expect(outcome.exit == 0, "\(outcome)")
  }
}
