"""A proof of a part: ../../proof.md."""
import bisect, hashlib, uuid

from .cms import Trust
from .frames import Frame, Refused, decode, payload_digest
from .shape import LIMIT, MAX63, NAMES, Bad, Cbor, RULES, check_body, fit, must, table
from .tree import Tree, checkpoint, node
from .verdict import ADVICE

MAGIC = bytes.fromhex("8942554b50460d0a1a0a")
CODES = {code: columns for code, *columns in table("Findings of a proof")}
CLAIMS = ("included", "counted", "content", "signed-by", "existed-by")
NOT_SHOWN = [
    "Whether the bundle is intact and complete, and what else it holds: a proof shows what was "
    "there, never what was not.",
    "Whether records followed this seal, and a later session refused the item or the seal itself: "
    "only a receipt of the same size is held against a proof.",
    "Whether bytes that were not given, or that lie outside the range, were in the bundle.",
    "When the seal was made: the proof carries no time-stamp; times are claims of their writers.",
    "Whether certificates were revoked: this verifier is offline.",
    "Whether what was acquired was true: whoever had a key, by right or not, could seal false data."]

class Shown(Frame):
    """A record without its frame: core and payload."""

    def __init__(self, core, payload):
        self.core, self.withheld, self.data = core, False, payload
        self.unpack()
        self.where = self.number if self.number < MAX63 else None

    def read_core(self, bundle):
        codes = [code for code, fails in self.core_checks() if fails]
        must(not codes, "".join(codes[:1]))
        must(bundle in (None, self.bundle), "core-bundle-id")

    def read_body(self):
        """Check 22, [B-COD-1], section 7."""
        must(len(self.data) == self.stored, "length-stored")
        must(payload_digest(self.data) == self.digest, "payload-digest")
        plain = decode(self.codec, self.data[16:], self.plain)
        if self.kind == 5:
            return plain
        value = Cbor(plain).whole()
        check_body(self.kind, value)
        return value

class Proof:
    """Reads a file or a pipe once; the range's bytes go to out, and count once report() says so."""

    def __init__(self, source, out=None):
        self.source, self.out, self.findings, self.included = source, out, [], True
        self.item = self.range = self.bundle = self.case = None
        try:
            self.read_body()  # [B-PRF-1]
        except Bad as bad:
            raise Refused(str(bad)) from None
        self.at = None
        try:
            self.read_records()
            self.read_range()
            self.fold_all()
        except Bad as bad:
            self.found(bad.args[0], self.at)
            self.included = False

    def take(self, count):
        data = bytearray()
        while len(data) < count:
            part = self.source.read(min(count - len(data), 1 << 20))
            must(part, "proof-truncated", Refused)
            data += part
        return bytes(data)

    def read_body(self):
        head = self.take(16)
        must(head[:10] == MAGIC, "proof-magic")
        must(head[10] == 1, "proof-version")
        size = int.from_bytes(head[12:], "big")
        must(size <= LIMIT["max-proof-body"], "proof-length")
        self.body = Cbor(self.take(size)).whole()
        fit(RULES["proof"], self.body)
        _, length, count = self.body.get(5, (0, 0, 0))
        must(length <= LIMIT["max-proof-range"] and count <= LIMIT["max-proof-frames"], "proof-length")
        if 5 not in self.body:
            must(not self.source.read(1), "proof-trailing")

    def found(self, code, record=None):
        claim, effect, meaning = CODES.get(code, ("included", "fails", "a rule of the format is broken"))
        self.findings.append({"code": code, "claim": claim, "effect": effect, "record": record,
                              "message": meaning, "do": ADVICE[effect]})

    def read_records(self):  # [B-PRF-3], [B-PRF-4]
        self.shown, self.leaves, last = {}, {}, -1
        for core, payload in self.body[3]:
            record = Shown(core, payload)
            self.at = record.where
            record.read_core(None)
            must(record.number > last, "proof-record")
            must(self.bundle in (None, record.bundle), "core-bundle-id")
            must(record.kind in (2, 4, 11) or (record.kind == 1 and record.number == 0), "proof-record")
            must(payload is not False or record.kind == 4, "proof-record")
            record.value = None if payload is False else record.read_body()
            self.bundle, last = record.bundle, record.number
            self.shown[last], self.leaves[last] = record, record.record_hash()
        self.at, self.tail = None, self.shown.get(last)
        items = [record for record in self.shown.values() if record.kind == 4]
        must(self.tail and self.tail.kind == 11 and len(items) == 1, "proof-record")
        self.item, tail, self.links, used = items[0], self.tail, [], set()
        while tail:
            session = self.shown.get(tail.value[7][5])
            must(session and session.kind == 2 and session.number < tail.number, "proof-record")
            used |= {tail.number, session.number}
            self.links.append(session)
            tail = self.shown.get(session.value.get(8, {1: 0})[1] - 1)
            tail = tail if tail and tail.kind == 11 and tail.number < session.number else None
        must(used == {n for n, r in self.shown.items() if r.kind in (2, 11)}, "proof-record")

    def read_range(self):  # [B-PRF-5]
        self.frames, self.gap = [], None
        if 5 not in self.body:
            return
        (start, length, count), self.at, body = self.body[5], self.item.number, self.item.value
        must(body, "proof-record")
        must(start + length <= body[3], "proof-range")
        end, digest, place, last = start + length, hashlib.sha256(), None, -1
        for number in range(count):
            frame = Shown(self.take(128), None)
            self.at = frame.where
            frame.read_core(None)
            must(frame.kind in (5, 6) and frame.item == self.item.item and last < frame.number
                 < self.item.number and frame.number not in self.shown, "proof-frame")
            must(frame.bundle == self.bundle, "core-bundle-id")
            frame.data = self.take(frame.stored)
            value = frame.read_body()
            size = value[1] if frame.kind == 6 else len(value)
            must(frame.offset <= start if place is None else frame.offset == place and place < end,
                 "proof-range")
            place, last = frame.offset + size, frame.number
            self.frames.append(last)
            self.leaves[last] = frame.record_hash()
            if frame.kind == 6 and self.gap is None:
                self.gap = last
            for at in range(max(start, frame.offset), min(end, place), 1 << 20):
                upto = min(end, place, at + (1 << 20))
                part = (bytes(upto - at) if frame.kind == 6 else
                        value[at - frame.offset:upto - frame.offset])
                digest.update(part)
                if self.out:
                    self.out.write(part)
        must(place >= end, "proof-range")
        must(not self.source.read(1), "proof-trailing", Refused)
        self.range = {"offset": start, "length": length, "frames": count, "sha256": digest.hexdigest()}

    def fold_all(self):  # [B-PRF-6], [B-PRF-7]
        self.at = None
        self.numbers, self.hashes = sorted(self.leaves), iter(self.body[4])
        self.size = self.tail.number + 1
        self.root = self.fold(0, self.size)
        must(next(self.hashes, None) is None, "proof-invalid")
        point = checkpoint(self.bundle, self.tail.value[7][8], self.size, self.root)
        must(point == self.body[1], "seal-mismatch")
        tree = Tree()
        tree.frontier, tree.size = list(self.tail.value[2]), self.tail.number
        must(len(tree.frontier) == bin(tree.size).count("1"), "tail-mismatch")
        tree.push(self.leaves[self.tail.number])
        must(tree.root() == self.root, "tail-mismatch")

    def fold(self, low, high):
        place = bisect.bisect_left(self.numbers, low)
        if place == len(self.numbers) or self.numbers[place] >= high:
            found = next(self.hashes, None)
            must(found, "proof-invalid")
            return found
        if high - low == 1:
            return self.leaves[low]
        middle = low + (1 << (high - low - 1).bit_length() - 1)
        left = self.fold(low, middle)
        return node(left, self.fold(middle, high))

    def counted(self):  # [B-PRF-8]
        unnamed, said = [list(row) for row in self.tail.value[7][4]], set()
        for number in [self.item.number] + self.frames:
            codes = self.judge(number)
            if number == self.item.number and [self.item.item, number] in unnamed:
                codes = [code for code in codes if code != "proof-adopted"]
            for code in codes:
                if code not in said:
                    said.add(code)
                    self.found(code, number)

    def judge(self, number):
        for session in self.links:
            if number > session.number:
                return []
            for key, codes in ((10, ["refused"]), (9, ["adopted", "proof-adopted"])):
                first, count = (session.value.get(key, {}).get(n, 0) for n in (1, 2))
                if first <= number < first + count:
                    return codes
            if number >= session.value.get(8, {1: 0})[1]:
                return ["session-account"]
        return ["proof-session"]

    def content(self, given):
        """[B-PRF-9]; given is None, or length and SHA-256 of the bytes beside the proof."""
        number, body = self.item.number, self.item.value
        if body is None:
            return self.found("withheld", number)
        if self.range:
            if self.gap is not None:
                self.found("gap", self.gap)
            wanted = (self.range["length"], self.range["sha256"])
        else:
            wanted = (body[3], body[5][1].hex()) if 5 in body else None
            if not given or not wanted:
                self.found("content-none", number)
        if given and wanted and given != wanted:
            self.found("content-differs", number)
        if body[4] > 1:
            self.found("item-state", number)

    def signed_by(self, trust):
        """[B-PRF-10]"""
        policy, self.signatures = self.links[0].value[12], []
        if policy[2] > len(policy[1]) or policy[1] != sorted(set(policy[1])):
            return self.found("session-policy", self.size)
        self.signatures = trust.evaluate(self.body[1], self.body[2])
        for signature in self.signatures:
            if signature["mathematics"] == "invalid":
                self.found("seal-signature", self.size)
        votes, listed = {}, {certificate.hex() for certificate in policy[1]}
        for wanted in ("valid", "not evaluated"):
            for signature in self.signatures:
                name = signature["certificate"]
                if signature["mathematics"] == wanted and name in listed and name not in votes:
                    votes[name] = (wanted, signature["trust"] in ("root", "pinned"))
                    signature["counts"] = wanted == "valid"
        valid = [trusted for how, trusted in votes.values() if how == "valid"]
        run = any(s["mathematics"] == "valid" and s["certificate"] == policy.get(4, b"").hex()
                  for s in self.signatures)
        if len(valid) < policy[2]:
            self.found("seal-not-evaluated" if len(votes) >= policy[2] else
                       "seal-run" if run else "seal-policy", self.size)
        elif sum(valid) < policy[2]:
            self.found("seal-untrusted" if trust.given else "trust-none",
                       self.size if trust.given else None)

    def receipt(self, receipt):
        """[B-PRF-12]"""
        other = self.tail.value[7][8] != (receipt["branch"] or False)
        code = ("receipt-other" if receipt["id"] != self.bundle else
                "receipt-size" if receipt["size"] != self.size else None)
        if not code and receipt["root"] != self.root:
            code = "receipt-branch" if other else "receipt-fork"
        if code:
            self.found(code)
        return code or "holds"

    def report(self, trust=None, given=None, receipts=()):
        outcomes, self.signatures = [], []
        if self.included:
            self.counted()
            self.content(given)
            self.signed_by(trust or Trust())
            self.found("timestamp-none")
            outcomes = [self.receipt(receipt) for receipt in receipts]
        effects = {(f["claim"], f["effect"]) for f in self.findings}
        report = {
            "proof": 1, "findings": self.findings, "signatures": self.signatures,
            "not-shown": NOT_SHOWN, "bundle": None, "item": None, "session": None, "range": None,
            "claims": {claim: "fails" if (claim, "fails") in effects else "not established"
                       if not self.included or (claim, "open") in effects else "holds"
                       for claim in CLAIMS},
            "receipts": [{"origin": receipt["origin"], "size": receipt["size"],
                          "root": receipt["root"].hex(), "outcome": outcome}
                         for receipt, outcome in zip(receipts, outcomes)]}
        if self.included:
            report.update(self.about())
        return report

    def about(self):
        """What the proof is about; of what is withheld nulls."""
        item, session, first = self.item, self.links[0], self.shown[min(self.shown)]
        body, state, who = item.value, self.tail.value[7], session.value[1]
        row = {"record": item.number, "id": item.item,
               **dict.fromkeys(("name", "kind", "size", "state", "sha256", "exhibit"))}
        if body:
            row.update({"name": body[2].decode("utf-8", "replace"), "size": body[3],
                        "kind": NAMES["item kind"][body[1] - 1],
                        "state": NAMES["item state"][body[4] - 1], "exhibit": body.get(7),
                        "sha256": body[5][1].hex() if 5 in body else None})
        names = {1: "number", 2: "title", 3: "agency"}
        case = {names[key]: text for key, text in first.value[1].items()} if first.kind == 1 else None
        return {"item": row, "range": self.range,
                "session": {"record": session.number, "who": who[1], "agency": who.get(3),
                            "why": session.value[2],
                            "time": str(session.value[7][0] or "") or None},
                "bundle": {"id": str(uuid.UUID(bytes=self.bundle)), "case": case,
                           "branch": state[8].hex() if state[8] else None, "records": self.size,
                           "root": self.root.hex()}}
