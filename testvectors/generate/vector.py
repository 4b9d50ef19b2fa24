"""A vector: files, what is given to the verifier, and what it must say.

The expectation is put together from what the builder knows of its own bundle and of what was broken;
nothing here reads a bundle.
"""

import hashlib
import re
from pathlib import Path

from .keys import signer

REPOSITORY = Path(__file__).resolve().parents[2]
CLAIMS = ("intact", "complete", "signed-by", "existed-by", "custody")


def registry():
    """code -> (claim, effect), from the findings of spec/registry.md."""
    text = (REPOSITORY / "spec/registry.md").read_text().split("\n## Findings")[1].split("\n## ")[0]
    rows = re.findall(r"^\| ([a-z0-9-]+) \| ([a-z-]+) \| ([a-z]+) \|", text, re.M)
    return {code: (claim, effect) for code, claim, effect in rows if claim in CLAIMS}


CODES = registry()


def finding(code, record=None, where=(None, None), length=None, item=None):
    return {"code": code, "record": getattr(record, "number", record), "volume": where[0],
            "offset": where[1], "length": length, "item": item}


class Vector:
    """One entry of the manifest."""

    def __init__(self, name, comment, rules=(), pins=("examiner",), roots=None, at=None):
        self.name, self.comment, self.rules = name, comment, list(rules)
        self.pins = [signer(p).fingerprint.hex() for p in pins]
        self.roots, self.receipts, self.at, self.max_plain = roots, {}, at, None
        self.files, self.expect, self.generated, self.extra = [], None, False, {}
        self.log_keys, self.witness_keys, self.log_proofs = [], [], []

    def receipt(self, data, tail=""):
        """Gives the verifier a receipt, which lies beside the bundle."""
        self.receipts[f"{self.name}{tail}.receipt"] = data
        return self

    # --- findings of one record, placed by the layout ---

    def on(self, layout, code, record, length=None):
        """A finding of a record whose core passed checks 1 to 18."""
        return finding(code, record, layout.where(record), length, record.item or None)

    def core(self, layout, code, record):
        """A finding of a record whose core failed one of checks 6 to 16."""
        return finding(code, record, layout.where(record))

    def claims_number(self, layout, code, record, thing=None):
        """`chain-number` or `core-bundle-id`: the number that the frame claims."""
        return finding(code, record, layout.where(thing or record))

    def bytes(self, layout, code, number, thing, length):
        """Bytes that are no frames, from a piece on: the next number, where, how many."""
        return finding(code, number, layout.where(thing), length)

    # --- the whole ---

    def refused(self, files, code):
        self.files, self.expect = files, {"refused": code}
        return self

    def report(self, layout, findings=(), *, lost=None, unusable=False, complete=(), opened=None,
               unsealed=None, unclosed=None, seals=None, signed=(), stamps=None, custody=None,
               items=None, no_tree_from=None, sealed=None, seal_none=None):
        """What a verifier says of this layout.

        lost: the record with which *lost* became true. unusable: content was unusable, or the items
        concerned by it. complete: (11.2, 4 and 5) findings. seals:
        record -> (status, [codes]) where the builder's default is not it; None leaves a seal out.
        signed: findings after those of the seals. no_tree_from: the tree is unknown from that size.
        """
        b = layout.bundle
        self.files = layout.files()
        lost = getattr(lost, "number", lost)
        out = list(findings)
        listed = self.listed(b, lost, seals or {}, no_tree_from)
        if lost is None:
            out += unsealed if unsealed is not None else self.unsealed(b)
            out += unclosed if unclosed is not None else self.unclosed(b)
        if lost is not None or unusable:
            out.append(finding("damage"))
        out += complete
        if opened if opened is not None else not b.state.closed:
            out.append(finding("bundle-open"))
        for s in listed:
            out += [finding(c, s["record"]) for c in s.pop("codes")]
        out += signed
        if seal_none if seal_none is not None else not listed:
            out.append(finding("seal-none"))
        out += self.stamps(b) if stamps is None else stamps
        if lost is not None:
            out.append(finding("custody-lost"))
        elif custody is not None:
            out += custody
        elif not b.state.events:
            out.append(finding("custody-none"))
        self.expect = {"claims": claims(out), "findings": out, "seals": listed,
                       "items": self.items(b, lost, unusable) if items is None else items}
        return self

    def listed(self, b, lost, overrides, no_tree_from):
        out = []
        for s in b.all_seals:
            status, codes = "holds", []
            if lost is not None and s["record"] >= lost and s["session"] <= lost:
                status, codes = "not established", ["seal-unproven"]
            entry = overrides.get(s["record"], (status, codes))
            if entry is None:
                continue
            known = no_tree_from is None or s["size"] < no_tree_from
            out.append({"record": s["record"], "size": s["size"],
                        "root": s["root"].hex() if known and "unusable" not in entry else None,
                        "status": entry[0], "codes": entry[1]})
        return out

    def unsealed(self, b):
        after = b.base if b.all_seals else 0
        if after == len(b.records):
            return []
        last = b.all_seals[-1]["record"] + 1 if b.all_seals else 0
        return [finding("unsealed", after, length=len(b.records) - last)]

    def unclosed(self, b):
        return [finding("item-unclosed", i.first, item=i.id)
                for i in sorted(b.state.items.values(), key=lambda i: i.id) if not i.closed]

    def stamps(self, b):
        kinds = [r for r in b.records if r.type == 13 and b.attest_kinds.get(r.number) == 1]
        return [finding("timestamp-not-evaluated", r.number) for r in kinds] or [
            finding("timestamp-none")]

    def items(self, b, lost, unusable):
        skip = unusable if isinstance(unusable, tuple) else ()
        return {str(i.id): {"sha256": i.hashers[1].hexdigest(), "size": i.end}
                for i in sorted(b.state.items.values(), key=lambda i: i.id)
                if i.closed and i.has_bytes and i.id not in skip
                and (lost is None or i.record < lost)}

    # --- the manifest ---

    def paths(self):
        if len(self.files) == 1:
            return [f"{self.name}.bukti"]
        return [f"{self.name}.bukti"] + [f"{self.name}.v{n:03}.bukti"
                                         for n in range(1, len(self.files))]

    def entry(self):
        out = {"id": self.name, "files": self.paths(),
               "sha256": [hashlib.sha256(f).hexdigest() for f in self.files],
               "rules": self.rules, "comment": self.comment, "pins": self.pins,
               "roots": self.roots, "receipts": list(self.receipts), "at": self.at,
               "max-plain": self.max_plain, "expect": self.expect}
        if self.log_keys or self.witness_keys:
            out["log-keys"], out["witness-keys"] = self.log_keys, self.witness_keys
        if self.log_proofs:
            out["expect"]["log-proofs"] = self.log_proofs
        if self.generated:
            out["generated"] = True
        return out


def claims(findings):
    """Section 11: fails if a finding of it fails, else open if one leaves it open, else holds."""
    out = dict.fromkeys(CLAIMS, "holds")
    for f in findings:
        claim, effect = CODES[f["code"]]
        if effect == "fails":
            out[claim] = "fails"
        elif effect == "open" and out[claim] == "holds":
            out[claim] = "not established"
    return out
