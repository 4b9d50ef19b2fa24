import Testing

/// `bukti verify`: what it says, and its exit code.
@Suite struct VerifyTests {
  private let scene: Scene

  init() throws {
    scene = try Scene()
    try scene.check(
      """
      seq 1 100000 > file; echo a > small; mkdir folder
      seal case.bukti file; bukti receipt case.bukti > early
      """)
  }

  @Test(arguments: [
    ("", 2), ("--pin \(Scene.pin)", 0), ("--roots examiner.cert.pem", 0),
    ("--roots stranger.cert.pem", 2), ("--pin \(String(repeating: "0", count: 64))", 2),
    ("--pin \(Scene.pin) --require whole", 1), ("--pin \(Scene.pin) --require custody", 2),
    ("--pin \(Scene.pin) --receipt early", 0), ("--pin \(Scene.pin) --max-plain 100", 2),
    ("--pin \(Scene.pin) --json", 0), ("--json-lines", 2), ("--pin 12", 64), ("--receipt file", 64),
    ("--receipt missing", 66), ("--roots missing", 66), ("--roots file", 64),
    ("--require luck", 64),
    ("--pin \(Scene.pin) --level stored", 2), ("--pin \(Scene.pin) --level seals", 2),
    ("--pin \(Scene.pin) --jobs 1", 0), ("--sample 0%", 64), ("--seed 1", 64),
    ("--level seals --sample 5%", 64), ("--jobs 0", 64),
  ])
  func exitCodes(options: String, exit: Int) throws {
    let outcome = try scene.run("bukti verify case.bukti \(options)")
    #expect(outcome.exit == exit, "\(outcome)")
    #expect(outcome.err.isEmpty == (exit < 64))
  }

  @Test func theReport() throws {
    let outcome = try scene.run("COLUMNS=80 bukti verify case.bukti --pin \(Scene.pin)")
    #expect(outcome.err == "")
    #expect(
      outcome.out.hasPrefix(
        """
        Bundle <uuid>
        It says: case EX-1, Example Police
        1 volume(s), \(try size()) bytes, 9 record(s), 1 item(s), 588895 plain bytes read.
        Root of all records:
        <hash>

        Claims
        intact      HOLDS
        """))
    #expect(outcome.out.contains("\ncomplete    HOLDS\n"))
    #expect(outcome.out.contains("\nsigned-by   HOLDS\n"))
    #expect(outcome.out.contains("\nexisted-by  NOT ESTABLISHED\n"))
    #expect(outcome.out.contains("\ncustody     NOT ESTABLISHED\n"))
    #expect(outcome.out.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  private func size() throws -> String {
    String(try scene.run("size case.bukti").out.dropLast())
  }

  @Test func withoutTrustItSaysWhatToGive() throws {
    let outcome = try scene.run("bukti verify case.bukti")
    #expect(outcome.out.contains("\nsigned-by   NOT ESTABLISHED\n"))
    #expect(outcome.out.contains("trust-none (signed-by, not established)"))
  }

  @Test func aFlippedByteFails() throws {
    let outcome = try scene.run("flip case.bukti 2000; bukti verify case.bukti --pin \(Scene.pin)")
    #expect(outcome.exit == 1)
    #expect(outcome.out.contains("\nintact      FAILS\n"))
    #expect(outcome.out.contains("payload-digest (intact, fails)"))
    #expect(outcome.out.contains("Where: record 2,"))
  }

  @Test func onlyAReceiptShowsThatSealsWereCutOff() throws {
    try scene.check(
      "cp case.bukti early.bukti; append case.bukti small; bukti receipt case.bukti > late")
    let without = try scene.run("bukti verify early.bukti --pin \(Scene.pin)")
    #expect(without.exit == 0)
    let sentence = without.out.replacing(/\s+/, with: " ")
    #expect(
      sentence.contains(
        "Whether later records and seals were cut off and the bundle set back to an older seal"))
    let with = try scene.run("bukti verify early.bukti --pin \(Scene.pin) --receipt late")
    #expect(with.exit == 1)
    #expect(with.out.contains("receipt-rollback (complete, fails)"))
    #expect(try scene.run("bukti verify case.bukti --receipt late --pin \(Scene.pin)").exit == 0)
  }

  @Test(arguments: [
    (
      "small", 65,
      "bukti: This is no bundle: it ends before a preamble could. [preamble-truncated]\n"
    ),
    ("file", 65, "bukti: This is no bundle: it does not begin like one. [preamble-magic]\n"),
    ("missing", 66, "bukti: look at missing: No such file or directory [not-found]\n"),
    ("folder", 64, "bukti: folder is a folder, not a bundle. [usage]\n"),
    ("-", 65, "bukti: This is no bundle: it ends before a preamble could. [preamble-truncated]\n"),
  ])
  func noBundle(path: String, exit: Int, words: String) throws {
    let outcome = try scene.run("bukti verify \(path)")
    #expect(outcome.exit == exit)
    #expect(outcome.out == "")
    #expect(outcome.err == words)
  }

  @Test func ofSeveralTheWorst() throws {
    try scene.check("cp case.bukti flipped; flip flipped 2000")
    let trust = "--pin \(Scene.pin)"
    #expect(try scene.run("bukti verify case.bukti case.bukti \(trust)").exit == 0)
    #expect(try scene.run("bukti verify case.bukti flipped \(trust)").exit == 1)
    // What fails is told before what is missing, and that before what is not established.
    #expect(try scene.run("bukti verify missing flipped file").exit == 1)
    #expect(try scene.run("bukti verify flipped case.bukti").exit == 1)
    #expect(try scene.run("bukti verify case.bukti missing").exit == 66)
    let outcome = try scene.run("bukti verify missing case.bukti file --json-lines \(trust)")
    #expect(outcome.exit == 66)
    let lines = outcome.out.split(separator: "\n")
    #expect(lines.first == #"{"path": "missing", "refused": "not-found"}"#)
    #expect(lines.last == #"{"path": "file", "refused": "preamble-magic"}"#)
    #expect(lines.count == 3)
    #expect(
      outcome.err == """
        bukti: missing: look at missing: No such file or directory [not-found]
        bukti: file: This is no bundle: it does not begin like one. [preamble-magic]

        """)
    let json = try scene.run("bukti verify case.bukti flipped --json")
    #expect(json.exit == 64)
    #expect(json.err.contains("--json-lines"))
  }

  @Test func aPipeIsAsGoodAsAFile() throws {
    let outcome = try scene.run(
      """
      cat case.bukti | bukti verify - --pin \(Scene.pin) --at 1800000000 --json > pipe &&
      bukti verify case.bukti --pin \(Scene.pin) --at 1800000000 --json | cmp - pipe
      """)
    #expect(outcome.exit == 0, "\(outcome)")
  }

  /// Keys, types and enumerations as `spec/report.schema.json` has them, tried by a small reader of schemas.
  @Test func jsonFollowsTheSchema() throws {
    let outcome = try scene.run(
      """
      cp case.bukti flipped; flip flipped 2000; append case.bukti small >/dev/null
      cat > check.py <<'END'
      import json, re, sys
      types = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}
      def check(value, schema, at):
          known = {"description", "type", "enum", "const", "properties", "required", "additionalProperties",
                   "patternProperties", "items", "$schema", "title"}
          assert not set(schema) - known, set(schema) - known
          if "const" in schema: assert value == schema["const"], at
          if "enum" in schema: assert value in schema["enum"], (at, value)
          if "type" in schema:
              names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
              assert any(type(value) is types[name] for name in names), (at, value)
          if isinstance(value, dict):
              for key in schema.get("required", []): assert key in value, (at, key)
              for key, inner in value.items():
                  pattern = next((s for p, s in schema.get("patternProperties", {}).items() if re.search(p, key)), None)
                  inside = schema.get("properties", {}).get(key, pattern)
                  if inside is None:
                      inside = schema.get("additionalProperties", {})
                      assert inside is not False or key in schema.get("required", []), (at, key)
                  if isinstance(inside, dict): check(inner, inside, at + "/" + key)
          if isinstance(value, list):
              for number, inner in enumerate(value): check(inner, schema.get("items", {}), "%s/%d" % (at, number))
      schema = json.load(open(sys.argv[1]))
      for line in sys.stdin: check(json.loads(line), schema, "")
      END
      {
        bukti verify case.bukti --pin \(Scene.pin) --receipt early --json-lines; bukti verify flipped --json-lines
        for log in valid/log-cosigned invalid/log_leaf invalid/log_crlf; do
          bukti verify "$BUKTI_TOP/testvectors/$log.bukti" --json-lines
          python3 "$BUKTI_TOP/spec/verify/bukti-verify" verify "$BUKTI_TOP/testvectors/$log.bukti" --json | tr -d '\\n'
          echo
        done
        bukti verify case.bukti --json | tr -d '\\n'
      } | python3 check.py "$BUKTI_TOP/spec/report.schema.json"
      """)
    #expect(outcome.exit == 0, "\(outcome)")
  }
}
