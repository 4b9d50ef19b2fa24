"""Holds proofs.json against the spec: each code and each rule of a proof has a vector.

python3 -m unittest testvectors.test_proofs
"""

import hashlib
import json
import re
import unittest
from pathlib import Path

HOME = Path(__file__).resolve().parent
SPEC = HOME.parent / "spec"


class Proofs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.vectors = json.loads((HOME / "proofs.json").read_text())["vectors"]

    def codes(self, title):
        text = (SPEC / "registry.md").read_text().split(f"\n## {title}\n")[1].split("\n## ")[0]
        return set(re.findall(r"^\| ([a-z0-9-]+) \|", text, re.M)) - {"code"}

    def test_each_code_has_a_vector(self):
        used = {v["expect"]["refused"] for v in self.vectors if "refused" in v["expect"]}
        for v in self.vectors:
            used |= {f["code"] for f in v["expect"].get("findings", ())}
        wanted = self.codes("Refusals of a proof") | self.codes("Findings of a proof")
        self.assertGreater(len(wanted), 25)
        self.assertEqual(sorted(wanted - used), [])
        known = wanted | self.codes("Findings")
        self.assertEqual(sorted(used - known), [])

    def test_each_rule_has_a_vector(self):
        rules = set(re.findall(r"^- \[(B-PRF-\d+)\]", (SPEC / "proof.md").read_text(), re.M))
        self.assertEqual(rules, {r for v in self.vectors for r in v["rules"]})

    def test_enough_of_each(self):
        for kind, least in (("valid_", 20), ("invalid_", 70)):
            self.assertGreaterEqual(sum(v["id"].startswith("proofs/" + kind) for v in self.vectors), least)

    def test_valid_and_invalid_are_what_they_say(self):
        for v in self.vectors:
            claims = v["expect"].get("claims", {"included": "fails"})
            findings = {f["code"] for f in v["expect"].get("findings", ())}
            if "/valid_" in v["id"]:
                self.assertEqual(claims["included"] == "fails", "refused" in v["expect"], v["id"])
                self.assertNotIn("fails", claims.values(), v["id"])
            else:
                self.assertTrue("fails" in claims.values() or findings - {"timestamp-none", "content-none"}, v["id"])

    def test_files_are_those_of_the_manifest(self):
        listed = set()
        for v in self.vectors:
            data = (HOME / v["file"]).read_bytes()
            self.assertEqual(hashlib.sha256(data).hexdigest(), v["sha256"], v["id"])
            listed |= {v["file"], *v["receipts"]} | ({v["content"]} if v["content"] else set())
            self.assertTrue(v["roots"] is None or (HOME / v["roots"]).is_file())
        found = {str(p.relative_to(HOME)) for p in (HOME / "proofs").iterdir()}
        self.assertEqual(found, listed)


if __name__ == "__main__":
    unittest.main()
