import Testing

/// What the command says about itself.
@Suite struct HelpTests {
  private let scene: Scene

  init() throws { scene = try Scene() }

  /// Every command there is, by its own account, so that a new one cannot be forgotten.
  @Test func everyCommandHasAnExampleAndFits() throws {
    let outcome = try scene.run(
      """
      cat > commands.py <<'END'
      import json, sys
      def walk(command, names):
          children = [c for c in command.get("subcommands", []) if c["commandName"] != "help"]
          if names: print(*names)
          for line in command.get("discussion", "").split("\\n"):
              if line.startswith("  ") and len(line) > 80: print("too wide:", line, file=sys.stderr)
          for child in children: walk(child, names + [child["commandName"]])
      walk(json.load(sys.stdin)["command"], [])
      END
      bukti --experimental-dump-help | python3 commands.py > commands; unset COLUMNS
      while read -r command; do
        bukti $command --help > help </dev/null || echo "$command: exit $?"
        bukti help $command </dev/null | cmp - help
        grep -qE "^  (.*[|] )?bukti $command " help || echo "$command: no example"
        python3 -c 'import sys; [print(sys.argv[1], l, end="") for l in open("help", encoding="utf-8") if len(l) > 81]' "$command"
      done < commands
      wc -l < commands
      """)
    #expect(outcome.exit == 0 && outcome.err == "")
    let lines = outcome.out.split(separator: "\n")
    #expect(lines.count == 1 && (lines.first.flatMap { Int($0) } ?? 0) > 12, "\(outcome)")
  }

  /// What shells complete, and the pages that are made from the help.
  @Test func completionsAndManualPages() throws {
    let outcome = try scene.run(
      """
      bukti --generate-completion-script bash > bash && bash -n bash || echo bash
      grep -q 'export-seal' bash && grep -q -- '--case-number' bash || echo words
      bukti --generate-completion-script zsh | grep -q '#compdef bukti' || echo zsh
      bukti --generate-completion-script fish | grep -q 'complete -c .bukti' || echo fish
      cat > complete <<'END'
      . ./bash
      COMP_WORDS=(bukti ver) COMP_CWORD=1 COMP_LINE="bukti ver" COMP_POINT=9 COMP_TYPE=9
      _bukti bukti ver bukti; echo "${COMPREPLY[@]}"
      END
      bash complete
      "$BUKTI_TOP/packaging/manuals" "$(command -v bukti)" pages > /dev/null && ls pages | wc -l
      if command -v man > /dev/null; then man -l --warnings pages/bukti-seal.1 2>&1 >/dev/null; fi
      grep -c '^\\.SH' pages/bukti-verify.1
      """)
    #expect(outcome.exit == 0)
    let lines = outcome.out.split(separator: "\n").map(String.init)
    #expect(lines.first == "verify verify-proof", "\(outcome)")
    #expect(lines.count == 3 && lines.dropFirst().allSatisfy { (Int($0) ?? 0) >= 6 }, "\(outcome)")
    #expect(outcome.err == "")
  }

  @Test func version() throws {
    let outcome = try scene.run("bukti --version")
    #expect(outcome.exit == 0)
    #expect(outcome.out.contains(/^bukti [0-9]+\.[0-9]+\.[0-9]+\nformat 1\.0\n/))
    #expect(outcome.out.contains("OpenSSL 3."))
    #expect(outcome.out.contains("zlib"))
  }

  @Test(arguments: ["nope", "verify", "list --nope x", "show x y", "identity nope", "cat x"])
  func usage(arguments: String) throws {
    let outcome = try scene.run("bukti \(arguments)")
    #expect(outcome.exit == 64)
    #expect(outcome.out == "")
    #expect(outcome.err.contains("Usage: bukti"))
  }

  @Test func identities() throws {
    let made = try scene.run(
      "bukti identity create new.pem --name N --key p384 --password-file password && stat -c %a new.pem"
    )
    #expect(
      made.out == """
        Key and certificate: new.pem (keep it to yourself)
        Certificate:         new.cert.pem (give it away)
        Fingerprint:         <hash>
        600

        """)
    let shown = try scene.run("bukti identity show new.cert.pem")
    #expect(
      shown.out == """
        Subject:     CN=N
        Key:         EC P-384
        Fingerprint: <hash>
        Valid:       <time> to <time>

        """)
    let again = try scene.run("bukti identity create new.pem --name N --password-file password")
    #expect(again.exit == 73)
    let secret = try scene.run("bukti identity create other.pem --name N; [ ! -e other.pem ]")
    #expect(secret.exit == 0)
    #expect(secret.err.contains("--password-file"))
    #expect(try scene.run("grep -q 'BEGIN ENCRYPTED PRIVATE KEY' new.pem").exit == 0)
    #expect(try scene.run("bukti identity create x.pem --name N --key shoe").err.contains("p384"))
  }
}
