import Testing

/// Two copies of one bundle, held against each other: bukti compare, receipts, branches.
@Suite struct CompareTests {
  private let scene: Scene

  init() throws {
    scene = try Scene()
    try scene.check(
      """
      seq 1 9 > a; seq 1 99 > b; seq 1 999 > c
      seal ours.bukti a; cp ours.bukti older.bukti; cp ours.bukti theirs.bukti
      append ours.bukti b
      stranger() { bukti "$@" --identity stranger.pem --password-file password --accept \(Scene.pin) --why theirs; }
      cp ours.bukti branch.bukti; stranger append branch.bukti c --branch
      cp ours.bukti base.bukti; append ours.bukti c
      stranger append theirs.bukti c
      """)
  }

  private func relation(_ pair: String) throws -> String {
    try scene.run(
      """
      bukti compare \(pair) --json | python3 -c 'import json, sys; r = json.load(sys.stdin)
      print(r["relation"], r["common"], r["shares-seal"], r["first"]["alone"], r["second"]["alone"])'
      exit ${PIPESTATUS[0]}
      """
    ).output
  }

  @Test(arguments: [
    ("ours.bukti ours.bukti", "same 18 True 0 0\n"),
    ("ours.bukti older.bukti", "first-extends 6 True 11 0\n"),
    ("older.bukti ours.bukti", "second-extends 6 True 0 11\n"),
    ("base.bukti branch.bukti", "second-extends 12 True 0 5\n"),
    ("ours.bukti branch.bukti", "branch 13 False 5 5\n"),
  ])
  func relations(pair: String, expected: String) throws {
    #expect(try relation(pair) == expected)
  }

  /// The independent verifier reads both copies whole, and comes to the same.
  @Test func bothVerifiersCompareAlike() throws {
    let outcome = try scene.run(
      """
      bukti withhold ours.bukti '#2' --reason privileged --recipient Court --to copy.bukti --authority order \
        --authority-number 7 $session --why order > said
      cp theirs.bukti refused.bukti; append refused.bukti b --refuse 'not ours' --go-back > said 2>&1
      head -c $(($(size theirs.bukti) - 1)) theirs.bukti > torn.bukti
      seal other.bukti a > said; head -c 700 ours.bukti > unsealed.bukti
      cat > pairs.py <<'END'
      import collections, functools, json, os, subprocess, sys
      sys.path.insert(0, os.environ["BUKTI_TOP"] + "/spec/verify")
      from bukti import compare
      from bukti.cms import Trust
      from bukti.command import shown
      trust, names = Trust(pins=[sys.argv[1]]), "ours older theirs base branch copy torn other unsealed refused".split()
      @functools.lru_cache(None)
      def copy(name): return compare.read(name + ".bukti", trust)
      def python(one, two):
          try: found = compare.compare(copy(one), copy(two))
          except compare.Apart: return None
          for side in (found["first"], found["second"]):
              for item in side["items"]: item["name"] = item["name"] and shown(item["name"])
          return found
      def swift(one, two):
          done = subprocess.run(["bukti", "compare", one + ".bukti", two + ".bukti", "--json", "--pin", sys.argv[1]],
                                capture_output=True)
          found = json.loads(done.stdout) if done.stdout else None
          assert done.returncode == int(not found or found["relation"] == "fork"), done
          if found: del found["bundle"]
          return found
      def comparable(found):
          for side in (found["first"], found["second"]) if found else ():
              for seal in side["seals"]:
                  for signer in seal["signers"]: signer.pop("subject", None)
          return found
      count = collections.Counter()
      for one in names:
          for two in ("ours", "branch", "refused"):
              a, b = comparable(swift(one, two)), comparable(python(one, two))
              if a == b: count[a["relation"] if a else "none"] += 1
              else: print(one, two, json.dumps(a), json.dumps(b))
      for name in sorted(count): print(count[name], name)
      END
      python3 pairs.py \(Scene.pin)
      compare() { python3 "$BUKTI_TOP/spec/verify/bukti-verify" compare "$@" > said; echo $?; }
      compare ours.bukti theirs.bukti; grep -c 'neither says so' said
      compare ours.bukti older.bukti --json; compare ours.bukti other.bukti 2> said; compare ours.bukti
      """)
    #expect(
      outcome.out
        == "6 branch\n5 fork\n6 none\n4 same\n9 second-extends\n1\n1\n0\n1\n64\n", "\(outcome)")
  }

  @Test func aForkIsNamedWithBothSigners() throws {
    let outcome = try scene.run("bukti compare ours.bukti theirs.bukti --pin \(Scene.pin)")
    #expect(outcome.exit == 1)
    #expect(
      outcome.out.contains(
        "From record 7 on each goes its own way, and neither says that it is a branch"))
    #expect(
      outcome.out.contains(
        /ours.bukti alone: 11 records\n  session in record 7, .*, Example Examiner: second visit\n/)
    )
    #expect(
      outcome.out.contains(
        /theirs.bukti alone: 5 records\n  session in record 7, .*, Example Stranger: theirs\n/))
    #expect(outcome.out.contains("signature valid, trusted by fingerprint: CN=Example Examiner"))
    #expect(outcome.out.contains("signature valid, signer not established: CN=Example Stranger"))
  }

  @Test func twoBundlesAreNoCopies() throws {
    let outcome = try scene.run("seal other.bukti a; bukti compare ours.bukti other.bukti")
    #expect(outcome.exit == 1 && outcome.err.contains("Two bundles, not two copies of one"))
  }

  /// What a copy withholds changes no root.
  @Test func aCopyThatWithholdsExtendsWhatItWasMadeFrom() throws {
    try scene.check(
      """
      bukti withhold ours.bukti '#2' --reason privileged --recipient Court --to copy.bukti --authority order --authority-number 7 $session \
        --why order >/dev/null
      """)
    let (same, extends) = (
      try relation("ours.bukti copy.bukti"), try relation("copy.bukti base.bukti")
    )
    #expect(same == "same 22 True 0 0\n")
    #expect(extends == "first-extends 12 True 9 0\n")
  }

  /// A damaged copy says less, and never something else.
  @Test func whatIsDamagedIsNotCompared() throws {
    let outcome = try scene.run(
      "size=$(stat -c %s theirs.bukti); truncate -s $((size - 1)) theirs.bukti; bukti compare ours.bukti theirs.bukti"
    )
    #expect(outcome.out.contains("ours.bukti extends theirs.bukti: it holds all 6 records"))
    #expect(outcome.err.contains("bytes follow the last seal of theirs.bukti and are not shown"))
  }

  @Test func aBranchShowsInReceiptsAndInBothVerifiers() throws {
    let outcome = try scene.run(
      """
      pins="--pin \(Scene.pin) --pin $(bukti identity show stranger.pem --fingerprint | cut -c 1-64)"
      bukti receipt base.bukti > base; bukti receipt branch.bukti > branch; bukti receipt ours.bukti > ours
      grep -cE '^bukti/1/[0-9a-f-]{36}/[0-9a-f]{32}$' base branch ours
      for one in "branch.bukti base" "branch.bukti branch" "ours.bukti branch" "branch.bukti ours"; do
        set -- $one; bukti verify $1 $pins --receipt $2 --json > swift; swift=$?
        python3 $BUKTI_TOP/spec/verify/bukti-verify verify $1 $pins --receipt $2 --json > python
        echo "$one: $swift $? $(grep -o '"receipt-[a-z]*"' swift | sort -u) $(grep -o '"receipt-[a-z]*"' python | sort -u)"
      done
      """)
    #expect(
      outcome.out == """
        base:0
        branch:1
        ours:0
        branch.bukti base: 0 0  \n\
        branch.bukti branch: 0 0  \n\
        ours.bukti branch: 2 2 "receipt-branch" "receipt-branch"
        branch.bukti ours: 2 2 "receipt-branch" "receipt-branch"

        """, "\(outcome)")
  }

  /// Kilobytes from the end say the same of a receipt as the whole bundle does.
  @Test func infoJudgesReceiptsAsVerifyDoes() throws {
    let outcome = try scene.run(
      """
      seal other.bukti a > sealed
      all="ours base branch theirs older other"; receipts=
      for one in $all; do bukti receipt $one.bukti > $one.receipt; receipts="$receipts --receipt $one.receipt"; done
      printf '%s\\n0\\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\\n' "$(head -n 1 base.receipt)" > none.receipt
      for one in $all; do
        for command in info verify; do
          bukti $command $one.bukti $receipts --receipt none.receipt --json | python3 -c 'import json, sys
      print(json.dumps(json.load(sys.stdin)["receipts"]))' > $command
        done
        cmp info verify && grep -o '"outcome": "[a-z-]*"' info | cut -d '"' -f 4 | tr '\\n' ' '; echo
      done
      bukti info ours.bukti --receipt base.receipt > /dev/null; echo "exit $?"
      bukti info ours.bukti --receipt theirs.receipt > info; echo "exit $?"; grep -o 'receipt-[a-z]*' info
      bukti info ours.bukti --receipt other.receipt > /dev/null; echo "exit $?"
      """)
    #expect(
      outcome.out.hasPrefix(
        """
        holds holds receipt-branch receipt-fork holds receipt-other holds\u{20}
        receipt-rollback holds receipt-branch receipt-fork holds receipt-other holds\u{20}
        receipt-branch holds holds receipt-fork holds receipt-other holds\u{20}
        receipt-rollback receipt-fork receipt-branch holds holds receipt-other holds\u{20}
        receipt-rollback receipt-rollback receipt-branch receipt-rollback holds receipt-other holds\u{20}
        """), "\(outcome)")
    #expect(outcome.out.hasSuffix("\nexit 0\nexit 1\nreceipt-fork\nexit 2\n"), "\(outcome)")
  }
}
