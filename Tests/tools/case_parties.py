"""What the parties of demo-case do: run commands in their own folder, and rely on nothing but their own pins.

A step that does not end as expected ends the play: exit codes, claims, findings and the sentences that decide.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import textwrap

TOP = pathlib.Path(__file__).resolve().parents[2]
VERIFIER = os.environ.get("BUKTI_VERIFY", str(TOP / "spec/verify/bukti-verify"))
# Section 11.6 of the spec: where two verifiers agree when they agree.
PLACE = ("code", "claim", "effect", "record", "volume", "offset", "length", "item")
SIGNATURE = ("certificate", "mathematics", "counts", "trust")


def fail(text):
    sys.exit("demo-case: " + text)


def expect(condition, *what):
    if not condition:
        fail(" ".join(str(part) for part in what))


def flat(text):
    """Words alone: where a terminal wraps them is not looked at."""
    return " ".join(text.split())


def agreed(report):
    """The part of a report that verifiers have to agree on."""
    same = {key: report[key] for key in ("bundle", "claims", "receipts", "item", "range") if key in report}
    same["log-proofs"] = [{key: log[key] for key in log if key != "reason"} for log in report.get("log-proofs", ())]
    if same.get("item"):
        same["item"] = {key: value for key, value in same["item"].items() if key != "name"}
    same["findings"] = [[f.get(key) for key in PLACE] for f in report["findings"]]
    for key in ("seals", "signatures"):
        same[key] = [{**{k: row[k] for k in row if k in ("record", "size", "root", "status", *SIGNATURE)},
                      "signatures": [{k: s[k] for k in SIGNATURE} for s in row.get("signatures", ())]}
                     for row in report.get(key, ())]
    return same


def tell(*paragraphs):
    for text in paragraphs:
        print(textwrap.fill(text, 80), end="\n\n")


class Party:
    """A folder with keys of its own, the fingerprints it compared, and what it was given."""

    bukti, labels, outcomes = None, {}, 0

    def __init__(self, work, folder, name):
        self.name, self.folder, self.pins = name, work / folder, []
        self.folder.mkdir()
        (self.folder / "password").write_text("sample password of %s\n" % name)
        (self.folder / "password").chmod(0o600)

    def identity(self, file, person):
        """Makes a key; gives the fingerprint of its certificate, to be compared by telephone or on paper."""
        self.quiet(self.bukti, "identity", "create", file + ".pem", "--name", person, "--agency", self.name,
                   "--password-file", "password")
        pin = self.quiet(self.bukti, "identity", "show", file + ".pem", "--fingerprint").strip()
        self.labels[pin] = file.upper()
        return pin

    def quiet(self, *words, code=0):
        done = subprocess.run([str(word) for word in words], cwd=self.folder, capture_output=True, text=True,
                              env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1"})
        expect(done.returncode == code, self.name, *words, "\nended with", done.returncode, "instead of", code,
               "\n" + done.stdout + done.stderr)
        return done.stdout + (done.stderr if code else "")

    def show(self, words):
        """A command as one would type it: fingerprints by whose they are, no password options."""
        line, hidden, out = "%s $" % self.folder.name, 0, []
        for word in map(str, words):
            hidden = 2 if word in ("--password-file", "--with-password-file") else max(0, hidden - 1)
            if not hidden:
                word = self.labels.get(word, word)
                word = {str(self.bukti): "bukti", VERIFIER: "bukti-verify"}.get(word, word)
                out.append("'%s'" % word if " " in word else word)
        for word in out:
            if len(line) + len(word) > 77:
                print(line, "\\")
                line = "   "
            line += " " + word
        print(line)

    def run(self, *words, code=0, says=(), output=True):
        """Shows a command and what it says."""
        words = [self.bukti, *words]
        self.show(words)
        text = self.quiet(*words, code=code)
        if output:
            print(text.rstrip(), end="\n\n")
        for sentence in says:
            expect(flat(sentence) in flat(text), "It does not say", repr(sentence), "but\n", text)
        return text

    def sealing(self, *words, by, accept=(), **options):
        """A command that ends in a seal, by the identities given."""
        first, *others = by
        words = [*words, "--identity", first + ".pem", "--password-file", "password"]
        for other in others:
            words += ["--with", other + ".pem", "--with-password-file", "password"]
        for pin in accept:
            words += ["--accept", pin]
        return self.run(*words, **options)

    def trust(self, pins=None):
        return [word for pin in (self.pins if pins is None else pins) for word in ("--pin", pin)]

    def relies(self, action, file, *options, code, claims, findings, says=(), pins=None):
        """Verifies with both verifiers and with its own pins; shows and holds against what is expected."""
        words = [action, file, *options, *self.trust(pins)]
        self.show([self.bukti, *words])
        text = self.quiet(self.bukti, *words, code=code)
        print(self.extract(text, claims) if Party.outcomes else text.rstrip(), end="\n\n")
        reports = [json.loads(self.quiet(program, *words, "--json", code=code)) for program in (self.bukti, VERIFIER)]
        ours, theirs = map(agreed, reports)
        for key in ours:
            expect(ours[key] == theirs[key], "The verifiers differ in", key, ours[key], theirs[key])
        for claim, outcome in claims.items():
            expect(ours["claims"][claim] == outcome, claim, "is", ours["claims"][claim], "\n" + text)
        found = [finding[0] for finding in ours["findings"]]
        expect(found == list(findings), "Found", found, "instead of", list(findings), "\n" + text)
        for sentence in says:
            expect(flat(sentence) in flat(text), "It does not say", repr(sentence), "but\n", text)
        print("Exit %d; the independent verifier says the same.\n" % code)
        Party.outcomes += 1
        return reports[0]

    def compares(self, *files, code, says):
        """Holds two copies against each other, with both verifiers."""
        words = ["compare", *files, *self.trust()]
        self.run(*words, code=code, says=says)
        reports = [json.loads(self.quiet(program, *words, "--json", code=code)) for program in (self.bukti, VERIFIER)]
        for report in reports:
            seals = report["first"]["seals"] + report["second"]["seals"]
            for signer in [signer for seal in seals for signer in seal["signers"]]:
                signer.pop("subject")
        expect(reports[0] == reports[1], "The verifiers compare differently:", *reports)
        print("Exit %d; the independent verifier says the same.\n" % code)
        Party.outcomes += 1

    @staticmethod
    def extract(text, claims):
        """Of a report the claims, with reasons for those that the step is about, and the notes."""
        parts, lines, wanted = text.split("\n\n"), [], False
        block = next(part for part in parts if part.startswith("Claims")).splitlines()[1:]
        findings = next(part for part in parts if part.startswith("Findings")).splitlines()[1:]
        whole = [line for line in parts[-1].splitlines() if line.startswith("The whole was asked for")]
        for line in [*block, *findings]:
            if not line.startswith(" "):
                wanted = line.split()[0] in claims or line.endswith(", note)")
            if wanted or (line in block and not line.startswith(" ")):
                lines.append(line)
        return "\n".join(lines + whole)

    def gives(self, other, file, name=None, note=""):
        shutil.copyfile(self.folder / file, other.folder / (name or file))
        tell("%s gives %s%s to %s." % (self.name, file, note, other.name))

    def keeps(self, file, name):
        shutil.copyfile(self.folder / file, self.folder / name)
