"""Holds the manifest against the spec: each code and each rule with a MUST has a vector.

python3 -m unittest testvectors.test_vectors
"""

import fnmatch
import hashlib
import json
import re
import unittest
from pathlib import Path

HOME = Path(__file__).resolve().parent
SPEC = HOME.parent / "spec"

# Rules that no file can break or show, and why.
NO_VECTOR = {
    "B-CON-3": "names the algorithms; every vector rests on it",
    "B-DMG-9": "the order of findings is part of every expectation",
    "B-IDX-5": "needs more than a million records without an index",
}


def section(text, title):
    return text.split(f"\n## {title}\n")[1].split("\n## ")[0]


class Manifest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.vectors = json.loads((HOME / "manifest.json").read_text())["vectors"]
        cls.registry = (SPEC / "registry.md").read_text()
        cls.spec = (SPEC / "bukti.md").read_text()

    def used_codes(self):
        out = {v["expect"]["refused"] for v in self.vectors if "refused" in v["expect"]}
        for v in self.vectors:
            out |= {f["code"] for f in v["expect"].get("findings", ())}
        return out

    def codes(self, title):
        found = re.findall(r"^\| ([a-z0-9-]+) \|", section(self.registry, title), re.M)
        return set(found) - {"code"}

    def test_each_code_has_a_vector(self):
        wanted = self.codes("Refusals") | self.codes("Findings")
        self.assertGreater(len(wanted), 90)
        self.assertEqual(sorted(wanted - self.used_codes()), [])
        self.assertEqual(sorted(self.used_codes() - wanted), [])

    def test_each_must_has_a_vector(self):
        rules = dict(re.findall(r"^- \[(B-[A-Z]+-\d+)\] (.*?)(?=^- \[|^#|^$)", self.spec, re.M | re.S))
        self.assertGreater(len(rules), 70)
        used = {r for v in self.vectors for r in v["rules"]}
        self.assertEqual(sorted(used - set(rules)), [])
        musts = {r for r, text in rules.items() if "MUST" in text or "`" in text}
        self.assertEqual(sorted(musts - used - set(NO_VECTOR)), [])
        self.assertEqual(sorted(set(NO_VECTOR) - set(rules)), [])

    def test_enough_of_each(self):
        count = {k: sum(v["id"].startswith(k) for v in self.vectors)
                 for k in ("valid/", "invalid/", "scenarios/")}
        self.assertGreaterEqual(count["valid/"], 50)
        self.assertGreaterEqual(count["invalid/"], 170)
        self.assertGreaterEqual(count["scenarios/"], 80)

    def test_scenarios_by_subject(self):
        """The table of the README: every scenario has one subject, every subject both outcomes, in these numbers."""
        readme = (HOME / "README.md").read_text()
        table = readme.split("| subject |")[1].split("\n\n")[0]
        effects = dict(re.findall(r"^\| ([a-z0-9-]+) \| [a-z-]+ \| ([a-z]+) \|",
                                  section(self.registry, "Findings"), re.M))
        left = {v["id"]: v for v in self.vectors if v["id"].startswith("scenarios/")}
        for subject, patterns, count, negative in re.findall(
                r"^\| ([a-z, ]+) \| (`[^|]+`) \| (\d+) \| (\d+) \|$", table, re.M):
            own = [left.pop(name) for name in list(left)
                   if any(fnmatch.fnmatchcase(name.split("/")[1], p) for p in re.findall("`([^`]+)`", patterns))]
            wrong = [v for v in own if any(
                effects[f["code"]] in ("fails", "open") and f["code"] not in ("timestamp-none", "custody-none")
                for f in v["expect"]["findings"])]
            self.assertEqual((len(own), len(wrong)), (int(count), int(negative)), subject)
            self.assertGreaterEqual(len(wrong), 4, subject)
            self.assertGreater(len(own), len(wrong), subject)
        self.assertEqual(list(left), [])
        proofs = [v["file"] for v in json.loads((HOME / "proofs.json").read_text())["vectors"]]
        wrong = sum("/invalid_" in file for file in proofs)
        logs = [sum(v["id"].startswith(start) for v in self.vectors) for start in ("valid/log-", "invalid/log_")]
        readme = " ".join(readme.split())
        self.assertIn(f"{len(proofs) - wrong} proofs of a part are right and {wrong} wrong", readme)
        self.assertIn("%d log proofs (`valid/log-*`) are in order or harmless and %d (`invalid/log_*`)" % tuple(logs), readme)

    def test_files_are_those_of_the_manifest(self):
        listed = set()
        for v in self.vectors:
            self.assertEqual(len(v["files"]), len(v["sha256"]), v["id"])
            for path, digest in zip(v["files"], v["sha256"]):
                listed.add(path)
                if not v.get("generated"):
                    self.assertEqual(hashlib.sha256((HOME / path).read_bytes()).hexdigest(), digest, path)
            for path in v["receipts"] + ([v["roots"]] if v["roots"] else []):
                self.assertTrue((HOME / path).is_file(), path)
        for folder in ("valid", "invalid", "scenarios"):
            for path in (HOME / folder).rglob("*.bukti"):
                self.assertIn(str(path.relative_to(HOME)), listed)

    def test_scenarios_are_told(self):
        for folder in (HOME / "scenarios").iterdir():
            self.assertRegex(folder.name, r"^[a-z0-9-]+_(fail|ok)$")
            lines = (folder / "README.md").read_text().strip().split("\n")
            self.assertTrue(lines[0].startswith("# ") and 3 <= len(lines) <= 10, folder.name)

    def test_valid_vectors_are_intact(self):
        for v in self.vectors:
            if v["id"].startswith("valid/"):
                self.assertEqual(v["expect"]["claims"]["intact"], "holds", v["id"])
            if v["id"].split("/")[1].endswith("_ok"):
                self.assertNotIn("fails", v["expect"]["claims"].values(), v["id"])

    def test_invalid_vectors_are_found(self):
        for v in self.vectors:
            if v["id"].startswith("invalid/") and "claims" in v["expect"]:
                quiet = {"bundle-open", "timestamp-none", "custody-none"}
                self.assertTrue({f["code"] for f in v["expect"]["findings"]} - quiet, v["id"])

    def test_manifest_fits_its_schema(self):
        try:
            import jsonschema
        except ImportError:
            self.skipTest("jsonschema is not installed")
        schema = json.loads((HOME / "manifest.schema.json").read_text())
        manifest = json.loads((HOME / "manifest.json").read_text())
        jsonschema.Draft202012Validator(schema).validate(manifest)


if __name__ == "__main__":
    unittest.main()
