import Testing

/// Eighty columns and colour: what is written to people fits where it goes.
@Suite struct ColumnsTests {
  private let scene: Scene

  init() throws {
    scene = try Scene()
    try scene.check(
      """
      long=$(printf 'x%.0s' $(seq 200)); wide=$(printf '\u{8A9E}%.0s' $(seq 70)); words="$(seq -s ' name ' 1 25)"
      mkdir folder; echo a > folder/$long; echo b > folder/$wide; echo c > "folder/$words"; echo d > d; echo e > e.tmp
      seal case.bukti d folder e.tmp --exhibit "$words" --exclude '*.tmp' --digest sha512 > sealed 2>&1 || [ $? -eq 3 ]
      cp case.bukti flipped; flip flipped 1200; mkdir $long; cp case.bukti $long/case.bukti
      bukti receipt case.bukti > receipt; cp d extra
      cat > widths.py <<'END'
      import re, sys, unicodedata
      text = re.sub("\\x1b\\\\[[0-9;]*[mK]", "", open(sys.argv[1], encoding="utf-8", newline="").read())
      for line in re.split("[\\r\\n]+", text):
          if line.startswith(("Script started", "Script done")): continue
          width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
          if width > int(sys.argv[2]): print(f"{sys.argv[3]}: {width} columns: {line}")
      END
      cat > commands <<'END'
      cat sealed
      bukti list case.bukti
      bukti list case.bukti --long --pin \(Scene.pin)
      bukti list case.bukti --verify
      bukti list flipped --verify
      bukti show case.bukti
      for n in 0 1 2 3 4 5 6 7 8 9; do bukti show case.bukti $n; done
      bukti info case.bukti
      bukti verify case.bukti --pin \(Scene.pin) --receipt receipt
      bukti verify flipped x*/case.bukti
      bukti custody log case.bukti
      bukti receipt case.bukti --to x*/receipt
      bukti cat case.bukti folder/$(printf 'x%.0s' $(seq 200))y
      bukti extract case.bukti --to x*/out
      bukti extract flipped --to out
      bukti export-seal case.bukti --to x*/seals
      bukti identity show examiner.pem
      bukti identity create x*/new.pem --name 'An examiner' --password-file password
      bukti append x*/case.bukti extra --identity examiner.pem --password-file password --why w
      bukti seal x*/case.bukti extra --identity examiner.pem
      bukti list x*/missing
      bukti verify
      bukti list --nope x
      bukti help append
      END
      """)
  }

  /// Each command on its own copy of the folder's state would be the same: none of them is asked twice.
  @Test(arguments: ["pipe", "terminal"]) func nothingIsWiderThanEightyColumns(where: String) throws
  {
    let run =
      `where` == "pipe"
      ? "bash -c \"$command\" > seen 2>&1 </dev/null"
      : "script -qec \"stty cols 80; $command\" seen > /dev/null 2>&1 </dev/null"
    let outcome = try scene.run(
      """
      unset COLUMNS; export TERM=xterm; count=0
      while read -r command; do
        \(run)
        [ -s seen ] || echo "nothing: $command"
        python3 widths.py seen 80 "$command" || exit 1
        count=$((count + 1))
      done < commands
      echo $count
      """)
    #expect(outcome.exit == 0 && outcome.out == "24\n", "\(outcome)")
  }

  @Test func aNarrowTerminalAndAWideOne() throws {
    let outcome = try scene.run(
      """
      unset COLUMNS; export TERM=xterm
      script -qec "stty cols 50; bukti list case.bukti --long" seen >/dev/null; python3 widths.py seen 50 list
      script -qec "stty cols 400; bukti list case.bukti" seen >/dev/null; grep -c '#' seen
      COLUMNS=60 bukti list case.bukti --long > seen 2>&1; python3 widths.py seen 60 list
      COLUMNS=60 bukti verify case.bukti > seen 2>&1; python3 widths.py seen 60 verify | grep -v -e openssl -e /dev/null
      """)
    #expect(outcome.out == "6\n", "\(outcome)")
  }

  @Test func colourOnlyWhereItIsWelcome() throws {
    let outcome = try scene.run(
      """
      see() { env -u NO_COLOR "$@" script -qec "bukti verify case.bukti" seen >/dev/null; grep -c $'\\e\\\\[[0-9;]*m' seen; }
      see TERM=xterm; see TERM=xterm NO_COLOR=; see TERM=xterm NO_COLOR=1; see TERM=dumb
      TERM=xterm bukti verify case.bukti | grep -c $'\\e'
      """)
    #expect(outcome.out == "5\n5\n0\n0\n0\n", "\(outcome)")
  }
}
