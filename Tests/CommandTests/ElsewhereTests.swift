import Testing

/// Seals that are signed elsewhere, with openssl: `--sign-elsewhere`, `sign-request`, `import-signature`.
@Suite struct ElsewhereTests {
  private let scene: Scene
  private static let functions = """
    keys=$BUKTI_TOP/testvectors/keys
    sign() { # checkpoint, signature, who, further options
      openssl cms -sign -cades -binary -outform DER -md sha256 -in "$1" -out "$2" \
        -signer $keys/$3.cert.pem -inkey $keys/$3.key.pem "${@:4}"
    }
    both() { # bundle, options: exit codes and the claims of Swift and Python
      bukti verify "$@" --json > swift; swift=$?
      python3 $BUKTI_TOP/spec/verify/bukti-verify verify "$@" --json > python
      echo "$swift $?" $(python3 -c 'import json
    for name in ("swift", "python"): c = json.load(open(name))["claims"]; print(c["intact"], c["signed-by"], sep="/")')
    }
    refused() { # words, then the command: exit code, and whether words and bundle are as they should
      cp case.bukti before; "${@:2}" > out 2> err; echo "$? $(grep -c -- "$1" err) $(cmp before case.bukti && echo same)"
    }
    away() { bukti "$@" --sign-elsewhere $keys/officer.cert.pem --why w $([ $1 = append ] || echo --case-number E); }

    """

  init() throws {
    scene = try Scene()
    try scene.check("seq 1 9 > a; seq 1 200000 > big")
    try scene.check(
      """
      cat > tlv.py <<'END'
      # Edits the DER of a CMS signature: "ber" or "strip".
      import sys
      def split(data):
          out = []
          while data:
              size, at = data[1], 2
              if size > 127: at += size - 128; size = int.from_bytes(data[2:at], "big")
              out.append((data[0], data[at:at + size])); data = data[at + size:]
          return out
      def wrap(tag, data):
          size = len(data).to_bytes(8, "big").lstrip(b"\\0") or b"\\0"
          head = size if len(data) < 128 else bytes([128 + len(size)]) + size
          return bytes([tag]) + head + data
      def ber(tag, data): return bytes([tag, 0x80]) + data + b"\\0\\0"
      join = lambda parts: b"".join(wrap(*part) for part in parts)
      (_, outer), = split(sys.stdin.buffer.read())
      kind, (_, content) = split(outer)
      (_, signed), = split(content)
      parts = split(signed)
      how, open_ = sys.argv[1], wrap
      if how == "ber": open_ = ber
      else:
          (_, signer), = split(parts[-1][1])
          fields = split(signer)
          open(sys.argv[2], "wb").write(wrap(0x31, dict(fields)[0xA0]))
          parts[-1] = (0x31, wrap(0x30, join([f for f in fields if f[0] != 0xA0])))
      sys.stdout.buffer.write(open_(0x30, wrap(*kind) + open_(0xA0, open_(0x30, join(parts)))))
      END
      """)
  }

  private func run(_ lines: String) throws -> Outcome { try scene.run(Self.functions + lines) }

  @Test func openSSLSignsAndTheBytesStay() throws {
    let outcome = try run(
      """
      away seal case.bukti a | head -2; bukti verify case.bukti > out; echo $?
      bukti sign-request case.bukti --to c.txt > request || exit
      grep -c 'needs a signature by' request; sign c.txt s.p7s officer
      bukti import-signature case.bukti s.p7s; both case.bukti --roots $keys/root.cert.pem
      cp case.bukti before; bukti import-signature case.bukti s.p7s; cmp before case.bukti
      bukti export-seal case.bukti --to seals 2> /dev/null; cmp seals/seal-6.p7s s.p7s; cmp seals/seal-6.txt c.txt
      openssl cms -verify -cades -binary -purpose any -inform DER -in seals/seal-6.p7s -content seals/seal-6.txt \
        -CAfile $keys/root.cert.pem -attime 1800000000 -out /dev/null 2>&1
      append case.bukti a --accept-roots $keys/root.cert.pem > out && both case.bukti --roots $keys/root.cert.pem --pin \(Scene.pin)
      """)
    #expect(
      outcome.out.hasPrefix(
        "Taken, not sealed: 1 item, 18 B, in case.bukti.\nTo be signed: 6 records"),
      "\(outcome)")
    #expect(outcome.out.contains("\n1\n1\nSealed: case.bukti, by 1 signature.\nSeal 6, "))
    let lines = outcome.out.split(separator: "\n").suffix(4)
    #expect(
      lines == [
        "0 0 holds/holds holds/holds",
        "Nothing to do: record 6 of case.bukti holds s.p7s.",
        "CAdES Verification successful", "0 0 holds/holds holds/holds",
      ], "\(outcome)")
  }

  /// Cards write indefinite lengths; what came is what is stored.
  @Test func berStaysBER() throws {
    let outcome = try run(
      """
      away seal case.bukti a > out; bukti sign-request case.bukti --to c.txt > out; sign c.txt s.p7s rsa2048
      sign c.txt s.p7s officer; python3 tlv.py ber < s.p7s > ber.p7s; cmp -s s.p7s ber.p7s; echo $?
      bukti import-signature case.bukti ber.p7s > out; both case.bukti --roots $keys/root.cert.pem
      bukti export-seal case.bukti --to seals 2> /dev/null; cmp seals/seal-6.p7s ber.p7s
      """)
    #expect(outcome.out == "1\n0 0 holds/holds holds/holds\n", "\(outcome)")
  }

  @Test func whatIsNoSuchSignatureIsNotTaken() throws {
    let outcome = try run(
      """
      away seal case.bukti a > out; bukti sign-request case.bukti --to c.txt > out
      import="bukti import-signature case.bukti f.p7s"
      sign a f.p7s officer; refused 'it signs something else than the 6 records' $import
      for who in rsa2048 lab; do
        sign c.txt f.p7s $who; refused 'whom the policy of session 1 does not name' $import
      done
      for who in rsa1024:2048 p192:curve ed25519:DER; do
        openssl cms -sign -cades -binary -outform DER -in c.txt -out f.p7s \
          -signer $keys/${who%:*}.cert.pem -inkey $keys/${who%:*}.key.pem 2> /dev/null || echo none > f.p7s
        refused "${who#*:}" $import
      done
      sign c.txt f.p7s officer -md sha1; refused 'it uses SHA-1' $import
      sign c.txt f.p7s officer -nodetach; refused 'sign without -nodetach' $import
      sign c.txt f.p7s officer -nocerts; refused 'sign without -nocerts' $import
      sign c.txt f.p7s officer -outform PEM; refused 'it is text' $import
      sign c.txt s.p7s officer; python3 tlv.py strip attributes < s.p7s > f.p7s; refused 'no signed attributes' $import
      openssl cms -sign -binary -noattr -outform DER -in c.txt -out f.p7s -signer $keys/officer.cert.pem \
        -inkey $keys/officer.key.pem; refused 'no signed attributes' $import
      openssl cms -sign -binary -outform DER -in c.txt -out f.p7s -signer $keys/officer.cert.pem \
        -inkey $keys/officer.key.pem; refused 'sign with -cades' $import
      for bad in a c.txt /dev/null case.bukti $keys/officer.cert.pem; do cat $bad > f.p7s; refused ' not taken: it is ' $import; done
      head -c 300 s.p7s > f.p7s; refused 'no CMS signature' $import
      (cat s.p7s; echo) > f.p7s; refused 'no CMS signature' $import
      refused 'does not exist' bukti import-signature case.bukti none.p7s
      refused 'exists already' bukti sign-request case.bukti --to a
      """)
    let lines = outcome.out.split(separator: "\n")
    #expect(lines.count == 22 && lines.dropLast(2).allSatisfy { $0 == "64 1 same" }, "\(outcome)")
    #expect(lines.suffix(2) == ["66 0 same", "73 1 same"], "\(outcome)")
  }

  /// openssl itself takes the signed attributes for the content; the checkpoint's lines are what counts here.
  @Test func strippedAttributesThatOpenSSLTakes() throws {
    let outcome = try run(
      """
      away seal case.bukti a > out; bukti sign-request case.bukti --to c.txt > out; sign c.txt s.p7s officer
      python3 tlv.py strip attributes < s.p7s > f.p7s
      openssl cms -verify -cades -binary -purpose any -inform DER -in f.p7s -content attributes \
        -CAfile $keys/root.cert.pem -attime 1800000000 -out /dev/null 2>&1
      refused 'no signed attributes' bukti import-signature case.bukti f.p7s
      """)
    #expect(outcome.out == "CAdES Verification successful\n64 1 same\n", "\(outcome)")
  }

  @Test func nothingComesInBetween() throws {
    let outcome = try run(
      """
      away seal case.bukti a > out; bukti sign-request case.bukti --to c.txt > out; sign c.txt s.p7s officer
      refused 'bukti sign-request' append case.bukti a; cp case.bukti first.bukti
      append case.bukti a --adopt mine > out; both case.bukti --pin \(Scene.pin)
      refused 'waits for no other' bukti import-signature case.bukti s.p7s
      mv first.bukti case.bukti
      away append case.bukti a --adopt 'mine, read again' > out
      refused 'write a new one with bukti sign-request' bukti import-signature case.bukti s.p7s
      bukti sign-request case.bukti --to d.txt > out; sign d.txt t.p7s officer
      bukti import-signature case.bukti t.p7s > out; both case.bukti --roots $keys/root.cert.pem
      head -c -40 case.bukti > cut && mv cut case.bukti; flip case.bukti 900
      refused 'cannot be sealed as it ends' bukti sign-request case.bukti --to e.txt
      """)
    #expect(
      outcome.out == """
        2 1 same
        0 0 holds/holds holds/holds
        64 1 same
        64 1 same
        0 0 holds/holds holds/holds
        1 0 same

        """, "\(outcome)")
  }

  /// The power goes while the seal is written: what was torn is kept, and the same file is taken again.
  @Test func aTornImportIsDoneAgain() throws {
    let outcome = try run(
      """
      away seal case.bukti a > out; bukti sign-request case.bukti --to c.txt > out; sign c.txt s.p7s officer
      cp case.bukti open; full=$(size open); bukti import-signature case.bukti s.p7s > out; cp case.bukti sealed
      for cut in 1 7 100 143 200 1000; do
        head -c $((full + cut)) sealed > case.bukti
        bukti sign-request case.bukti --to again-$cut > out && cmp again-$cut c.txt
        bukti import-signature case.bukti s.p7s > out 2>&1; both case.bukti --roots $keys/root.cert.pem
        size case.bukti.torn-$full; rm case.bukti.torn-*
      done
      """)
    let lines = outcome.out.split(separator: "\n")
    #expect(lines.count == 12, "\(outcome)")
    for (place, cut) in ["1", "7", "100", "143", "200", "1000"].enumerated() where lines.count == 12
    {
      #expect(lines[2 * place] == "0 0 holds/holds holds/holds")
      #expect(lines[2 * place + 1] == cut)
    }
  }

  @Test func oneHereAndOneElsewhere() throws {
    let outcome = try run(
      """
      away seal case.bukti a $session > out && bukti sign-request case.bukti --to c.txt > out; sign c.txt s.p7s officer
      refused 'needs 2 signatures' bukti import-signature case.bukti s.p7s
      sign c.txt t.p7s lab; refused 'does not name' bukti import-signature case.bukti s.p7s t.p7s
      bukti import-signature case.bukti s.p7s $session > out; both case.bukti --roots $keys/root.cert.pem --pin \(Scene.pin)
      both case.bukti --pin \(Scene.pin)
      away append case.bukti a --sign-elsewhere $keys/lab.cert.pem > out; bukti sign-request case.bukti --to d.txt > out
      sign d.txt s.p7s officer; sign d.txt t.p7s lab; bukti import-signature case.bukti s.p7s t.p7s > out
      both case.bukti --roots $keys/root.cert.pem --pin \(Scene.pin) --pin $(bukti identity show $keys/lab.cert.pem --fingerprint | cut -c 1-64)
      """)
    #expect(
      outcome.out == """
        64 1 same
        64 1 same
        0 0 holds/holds holds/holds
        2 2 holds/not established holds/not established
        0 0 holds/holds holds/holds

        """, "\(outcome)")
  }

  @Test func whatCannotWorkIsSaidFirst() throws {
    let outcome = try run(
      """
      bukti seal case.bukti a --case-number E --why w; echo $?
      for who in rsa1024 p192 p224 ed25519 secp256k1; do
        bukti seal case.bukti a --case-number E --why w --sign-elsewhere $keys/$who.cert.pem; echo $?
      done
      away seal case.bukti a --seal-every 1MiB; echo $?; ls case.bukti 2> /dev/null
      """)
    #expect(outcome.out == "64\n77\n77\n77\n77\n77\n64\n", "\(outcome)")
    #expect(outcome.err.contains("--sign-elsewhere CERTIFICATE"))
  }

  @Test func aNewVolumeTakesTheSeal() throws {
    let outcome = try run(
      """
      away seal case.bukti big --volume-size 1M --compress none > out; head -c 100000 /dev/urandom > more
      bukti sign-request case.bukti --to c.txt > out; sign c.txt s.p7s officer
      bukti import-signature case.bukti s.p7s > out; both case.bukti --roots $keys/root.cert.pem; ls case*
      """)
    #expect(outcome.out.hasPrefix("0 0 holds/holds holds/holds\n"), "\(outcome)")
  }
}
