"""What a verifier says: section 11."""
import base64
import bisect
import re
import uuid

from .shape import MAX63

CLAIMS = ("intact", "complete", "signed-by", "existed-by", "custody")
ADVICE = {"fails": "Do not rely on this claim. Keep this copy as it is and compare another copy.",
          "open": "Supply what is missing (roots, a pin, a receipt, another copy) and verify again.",
          "exception": "Read the reason and judge whether it matters in this case.",
          "note": "Nothing needs to be done."}
NOT_SHOWN = [
    "Whether later records and seals were cut off: a rollback to an older seal cannot be seen from the "
    "file alone, only by holding it against a receipt.",
    "Whether certificates were revoked: this verifier is offline and checks no CRL and no OCSP answer.",
    "Whether the evidence was true when it was collected, and that its clocks were right."]


def parse_receipt(data):
    """[B-RCP-1]; None when it is none."""
    found = re.fullmatch(rb"(bukti/1/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:/([0-9a-f]{32}))?)\n"
                         rb"(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)\n", data)
    if not found or base64.b64encode(base64.b64decode(found[5])) != found[5]:
        return None
    return {"origin": found[1].decode(), "id": uuid.UUID(found[2].decode()).bytes, "size": int(found[4]),
            "branch": bytes.fromhex(found[3].decode()) if found[3] else None,
            "root": base64.b64decode(found[5])}


class Verdict:
    def __init__(self, reader, receipts, trust):
        self.reader, self.receipts, self.trust = reader, receipts, trust
        self.finding, self.lost = reader.finding, reader.state.lost
        self.seals, self.outcomes = [], []
        self.judge_seals()
        self.complete()
        for findings in self.late:
            self.finding(*findings)
        self.existed_by()
        self.custody()

    # -- 11.2 ---------------------------------------------------------------------------------

    def complete(self):
        reader, state = self.reader, self.reader.state
        last = reader.seals[-1].number if reader.seals else -1
        if not self.lost:
            first = last + 1 + (reader.seals[-1].attests if reader.seals else 0)  # base, 5.1
            if first < reader.next or not reader.seals:
                self.finding("unsealed", first, (None, None), reader.next - last - 1)
            for number, item in sorted(state.open.items()):
                self.finding("item-unclosed", item.first, (None, None), None, number)
        if self.lost or state.unusable:
            self.finding("damage")
        self.withheld(last)
        for receipt in self.receipts:
            code = self.receipt(receipt)
            if code:
                self.finding(code)
            self.outcomes.append({"origin": receipt["origin"], "size": receipt["size"],
                                  "root": receipt["root"].hex(), "outcome": code or "holds"})
        self.closed = bool(state.closed) and (self.lost or state.closed < last)
        if not self.closed:
            self.finding("bundle-open")

    def withheld(self, last_seal):
        """[B-WTH-2], [B-WTH-3]"""
        reader, force, named = self.reader, None, False
        lists = [w for w in reader.withholds if w[0] < last_seal]
        for number, runs in lists:
            drops = sum(end - start - 152 * count for _, count, start, end in runs)
            if drops == reader.dropped_bytes or not force or not force[2]:
                force = (number, runs, drops == reader.dropped_bytes)
        runs = []
        for start, length, _, _ in sorted(force[1]) if force else ():
            if runs and start <= runs[-1][1]:
                runs[-1][1] = max(runs[-1][1], start + length)
            else:
                runs.append([start, start + length])
        for first, count in reader.withheld:
            at, end = first, first + count
            place = bisect.bisect(runs, [at, MAX63 * 2])
            while at < end:
                inside = place > 0 and at < runs[place - 1][1]
                after = runs[place - 1][1] if inside else runs[place][0] if place < len(runs) else end
                named, after, place = named or inside, min(after, end), place + (not inside)
                self.finding("withheld" if inside else "removed", at, (None, None), after - at)
                at = after
        if named and not any(s.number > force[0] and s.met for s in reader.seals):
            self.finding("withheld-unproven", force[0])

    def receipt(self, receipt):
        if receipt["id"] != self.reader.bundle:
            return "receipt-other"
        if receipt["size"] > self.reader.next:
            return "receipt-rollback" if receipt["branch"] == self.reader.state.branch else "receipt-branch"
        known = self.reader.wanted[receipt["size"]]
        if known is None:
            return "receipt-lost"
        if known[0] == receipt["root"]:
            return None
        return "receipt-fork" if known[1] == receipt["branch"] else "receipt-branch"

    # -- 11.3 ---------------------------------------------------------------------------------

    def judge_seals(self):
        self.late, untrusted = [], False
        by_number = {seal.number: seal for seal in self.reader.seals}
        for seal in self.reader.seals:
            seal.judged = seal.met = False
            status = "adopted" if seal.adopted else self.judge(seal)
            if seal.judged and seal.met and status == "not established":
                untrusted = True
            self.seals.append({"record": seal.number, "size": seal.number, "status": status,
                               "root": None if seal.unusable or not seal.root else seal.root.hex(),
                               "signatures": list(seal.signatures) if seal.judged else []})
            if seal.judged and seal.session.extends and not seal.session.compared:
                seal.session.compared = True
                self.extends_signers(seal.session, by_number.get(seal.session.extends[1]))
        if untrusted and not self.trust.given:
            self.late.append(("trust-none",))
        if not self.reader.seals:
            self.late.append(("seal-none",))

    def judge(self, seal):
        session = seal.session
        if seal.unusable or seal.mismatched or not seal.root or not session:
            self.late.append(("seal-unproven", seal.number))
            return "fails" if seal.mismatched else "not established"
        seal.judged, needed, counts = True, session.policy[2], {}
        for signature in seal.signatures:
            if signature["mathematics"] == "invalid":
                self.late.append(("seal-signature", seal.number))
        for wanted in ("valid", "not evaluated"):
            for signature in seal.signatures:
                name = signature["certificate"]
                weight = self.weight(session, name)
                if signature["mathematics"] == wanted and weight and name not in counts:
                    counts[name] = (weight, wanted, self.trusted(session, signature))
                    signature["counts"] = wanted == "valid"
        valid = sum(weight for weight, maths, _ in counts.values() if maths == "valid")
        seal.met = valid >= needed
        if not seal.met:
            enough = sum(weight for weight, _, _ in counts.values()) >= needed
            self.late.append(("seal-not-evaluated" if enough else "seal-policy", seal.number))
            return "not established" if enough else "fails"
        trusted = sum(weight for weight, _, is_trusted in counts.values() if is_trusted) >= needed
        session.met, session.trusted = True, session.trusted or trusted
        if not trusted and self.trust.given:
            self.late.append(("seal-untrusted", seal.number))
        return "holds" if trusted else "not established"

    @staticmethod
    def weight(session, name):
        if session.policy.get(4, b"").hex() == name and session.met:
            return session.policy[2]
        return 1 if name in [c.hex() for c in session.policy[1]] else 0

    @staticmethod
    def trusted(session, signature):
        if session.policy.get(4, b"").hex() == signature["certificate"] and session.met:
            return session.trusted
        return signature["trust"] in ("root", "pinned")

    def extends_signers(self, session, seal):
        if seal is None or not seal.judged:
            return
        if any(s["mathematics"] == "not evaluated" for s in seal.signatures):
            return
        able = {s["certificate"] for s in seal.signatures if s["mathematics"] == "valid"}
        if not {signer.hex() for signer in session.extends[3]} <= able:
            self.late.append(("extends-signers", session.number))

    # -- 11.4, 11.5 ---------------------------------------------------------------------------

    def existed_by(self):
        attests = self.reader.attests
        stamped = {target for _, kind, target in attests if kind == 1}
        for seal in self.reader.seals:
            if seal.judged and seal.session.policy[3] == 2 and seal.number not in stamped:
                self.finding("timestamp-missing", seal.number)
        judged = [number for number, kind, _ in attests if kind in (1, 3)]
        for number in judged:
            self.finding("timestamp-not-evaluated", number)
        if not judged:
            self.finding("timestamp-none")

    def custody(self):
        if self.lost:
            return self.finding("custody-lost")
        if not self.reader.events:
            return self.finding("custody-none")
        pending = []
        seals = {(s.number, s.root, s.hash): s for s in self.reader.seals}
        judging = [s for s in self.reader.seals if not s.adopted]
        for number, kind, party, covers in self.reader.events:
            if kind not in (2, 3, 4):
                continue
            while judging and judging[0].number < number:
                judging.pop(0)
            if not judging or not any(s["certificate"] == party.hex() and s["mathematics"] == "valid"
                                      for s in judging[0].signatures):
                self.finding("custody-unsigned", number)
            elif kind == 2:
                pending.append(number)
            elif (covers[1], covers[2], covers[3]) not in seals or covers[1] > number:
                self.finding("custody-covers", number)
            elif not pending or pending[-1] > covers[1]:
                self.finding("custody-unmatched", number)
            else:
                pending.pop()
        for number in pending:
            self.finding("custody-pending", number)

    # -- 11.6 ---------------------------------------------------------------------------------

    def report(self):
        reader, state = self.reader, self.reader.state
        findings = [{k: v for k, v in f.items() if k not in ("owner", "withdrawn")}
                    for f in reader.findings]
        effects = {(f["claim"], f["effect"]) for f in findings} | reader.tally
        claims = {c: "fails" if (c, "fails") in effects else
                  "not established" if (c, "open") in effects else "holds" for c in CLAIMS}
        for finding in findings:
            finding["do"] = ADVICE[finding["effect"]]
        root = reader.tree.root()
        bundle = {"id": str(uuid.UUID(bytes=reader.bundle)), "volumes": len(reader.sources),
                  "bytes": reader.size, "records": reader.count, "plain-bytes": reader.plain,
                  "items": None if self.lost else state.highest,
                  "root": root.hex() if root else None, "closed": None if self.lost else self.closed,
                  "branch": state.branch.hex() if state.branch and not self.lost else None,
                  "case": reader.case}
        report = {"report": 1, "bundle": bundle, "claims": claims, "findings": findings,
                  "seals": self.seals, "receipts": self.outcomes, "not-shown": NOT_SHOWN}
        if reader.dropped:
            report["findings-dropped"] = reader.dropped
        return report
