"""What a verifier says: section 11."""
import uuid

CLAIMS = ("intact", "complete", "signed-by", "existed-by", "custody")
ADVICE = {"fails": "Do not rely on this claim. Keep this copy as it is and compare another copy.",
          "open": "If what is missing can be had (roots, pin, receipt, another copy), give it and "
                  "verify again.",
          "exception": "Read the reason and judge whether it matters in this case.",
          "note": "No claim fails by it. Read in the bundle who says so, and why."}
# What a claim that holds says, and no more.
HOLDS = {"intact": "every byte of these files is accounted for and agrees with the digests in them; "
                   "who wrote them is for signed-by",
         "complete": "all that the bundle declares is there, with a seal over it; whether that seal "
                     "counts is for signed-by",
         "signed-by": "every seal that counts has the signatures that its session asks for, by "
                      "signers whom you said you trust",
         "existed-by": "a time-stamp, or a log's witness whose key you gave, says when the records "
                       "were there: for the seals named below",
         "custody": "every hand-over that is recorded has both sides, each signed by its party; "
                    "whether you trust who sealed is for signed-by"}
NOT_SHOWN = [
    "Whether later records and seals were cut off: a rollback to an older seal cannot be seen "
    "from the file alone, only by holding it against a receipt.",
    "Whether certificates were revoked: this verifier is offline, without CRL or OCSP answers.",
    "When anything was signed, but for what existed-by shows: times are claims of those who "
    "wrote them.",
    "Whether what was acquired was true and complete at the time: whoever had a key, by right or "
    "not, could seal false data."]

class Verdict:
    def __init__(self, reader, receipts, trust):
        self.reader, self.seals, self.finding = reader, reader.seals, reader.finding
        self.state, self.lost, self.trust = reader.state, reader.state.lost, trust
        late = list(self.signed_by())  # listed after the findings of 11.2
        self.complete()
        self.withheld()
        self.receipts = [self.receipt(receipt) for receipt in receipts]
        if not self.closed:
            self.finding("bundle-open")
        for code, record in late:
            self.finding(code, record)
        self.existed_by()
        self.custody()

    def complete(self):  # 11.2
        state, base = self.state, 0
        self.last = self.seals[-1].number if self.seals else -1
        self.closed = bool(state.closed) and (self.lost or state.closed < self.last)
        if self.seals:  # 5.1
            base = self.last + 1 + self.seals[-1].attests
        if not self.lost:
            if base < self.reader.next or not self.seals:
                self.finding("unsealed", base, length=self.reader.next - self.last - 1)
            for number, item in sorted(state.open.items()):
                self.finding("item-unclosed", item.first, item=number)
        if self.lost or state.unusable:
            self.finding("damage")

    def withheld(self):
        """[B-WTH-2], [B-WTH-3]: what is withheld, held against the list in force."""
        lists = [entry for entry in self.reader.withholds if entry[0] < self.last]
        exact = [entry for entry in lists if self.reader.withheld_bytes == sum(
            end - start - 152 * count for _, count, start, end in entry[1])]
        number, runs = (exact or lists or [(-1, ())])[-1]
        edges = [(first, 0, 1) for first, _, _, _ in runs]
        edges += [(first + count, 0, -1) for first, count, _, _ in runs]
        edges += [(first, 1, 1) for first, _ in self.reader.withheld]
        edges += [(first + count, 1, -1) for first, count in self.reader.withheld]
        inside, pieces, last = [0, 0], [], 0  # how many runs of either sort a place lies in
        for place, which, step in sorted(edges):
            code = "withheld" if inside[0] else "removed"
            if inside[1] and place > last:
                if pieces and (pieces[-1][0], pieces[-1][2]) == (code, last):
                    last = pieces.pop()[1]
                pieces.append((code, last, place))
            inside[which] += step
            last = place
        for code, first, end in pieces:
            self.finding(code, first, length=end - first)
        if any(code == "withheld" for code, _, _ in pieces) and not any(
                seal.met and seal.number > number for seal in self.seals):
            self.finding("withheld-unproven", number)

    def receipt(self, receipt):
        """[B-RCP-1]"""
        root, branch = self.reader.wanted[receipt["size"]] or (None, None)
        code = ("receipt-other" if receipt["id"] != self.reader.bundle else
                "receipt-rollback" if receipt["size"] > self.reader.next else
                "receipt-lost" if root is None else
                "receipt-fork" if root != receipt["root"] else None)
        if code == "receipt-rollback":
            branch = self.state.branch
        if code in ("receipt-rollback", "receipt-fork") and branch != receipt["branch"]:
            code = "receipt-branch"
        if code:
            self.finding(code)
        return {"origin": receipt["origin"], "size": receipt["size"],
                "root": receipt["root"].hex(), "outcome": code or "holds"}

    def signed_by(self):
        """11.3: gives each seal its status, and the findings one by one."""
        by_number, trust_none = {seal.number: seal for seal in self.seals}, False
        counters = {}
        for number, target, found in self.reader.counters:
            counters.setdefault(target, []).append((number, found))
        for seal in self.seals:
            seal.judged = bool(seal.root and seal.session) and not (
                seal.adopted or seal.unusable or seal.mismatched)
        for seal in self.seals:
            seal.status = "adopted"
            if not seal.adopted:
                yield from self.judge(seal)
            trust_none |= seal.met and seal.status == "not established"
            if seal.judged and seal.session.extends and not seal.session.compared:
                seal.session.compared = True
                yield from self.extends_signers(
                    seal.session, by_number.get(seal.session.extends[1]))
            seal.counters = counters.get(seal.number, ()) if seal.judged else ()
            for number, found in seal.counters:
                if found["mathematics"] == "invalid":
                    yield "counter-signature", number
        if trust_none and not self.trust.given:
            yield "trust-none", None
        if not self.seals:
            yield "seal-none", None

    def judge(self, seal):
        session = seal.session
        seal.status = "fails" if seal.mismatched else "not established"
        if not seal.judged:
            yield "seal-unproven", seal.number
            return
        needed, listed = session.policy[2], {signer.hex() for signer in session.policy[1]}
        run = session.met and 4 in session.policy and session.policy[4].hex()
        valid, trusted, unclear = set(), set(), set()  # certificates
        for signature in seal.signatures:
            name, mathematics = signature["certificate"], signature["mathematics"]
            if mathematics == "invalid":
                yield "seal-signature", seal.number
            elif mathematics == "not evaluated":
                unclear.add(name)
            elif name == run or name in listed:
                signature["counts"] = name not in valid
                valid.add(name)
                if signature["trust"] in ("root", "pinned"):
                    trusted.add(name)
                if name not in listed:
                    signature["reason"] = "run certificate, as trusted as an earlier seal"
        seal.met = run in valid or len(valid & listed) >= needed
        enough = seal.met or run in unclear or len((valid | unclear) & listed) >= needed
        trusted = len(trusted & listed) >= needed or run in valid and session.trusted
        if not seal.met:
            seal.status = "not established" if enough else "fails"
            yield "seal-not-evaluated" if enough else "seal-policy", seal.number
            return
        session.met, session.trusted = True, session.trusted or trusted
        seal.status = "holds" if trusted else "not established"
        if not trusted and self.trust.given:
            yield "seal-untrusted", seal.number

    def extends_signers(self, session, seal):
        if seal is None or not seal.judged:
            return
        maths = {(s["certificate"], s["mathematics"]) for s in seal.signatures}
        evaluated = not any(how == "not evaluated" for _, how in maths)
        if evaluated and not {(signer.hex(), "valid") for signer in session.extends[3]} <= maths:
            yield "extends-signers", session.number

    def existed_by(self):  # 11.4
        attests = self.reader.attests
        stamped = {target for _, kind, target, _ in attests if kind == 1}
        self.logs = [{"record": number, "seal": target, **said}
                     for number, _, target, said in attests if said]
        for seal in self.seals:
            if seal.judged and seal.session.policy[3] == 2 and seal.number not in stamped:
                self.finding("timestamp-missing", seal.number)
        for number, kind, _, said in attests:
            if kind == 1:
                self.finding("timestamp-not-evaluated", number)
            elif said and said["outcome"] != "holds":
                self.finding("log-proof-" + said["outcome"].replace(" ", "-"), number)
        timed = any(log["outcome"] == "holds" and any(
            s["time"] is not None for s in log["signatures"]) for log in self.logs)
        if not stamped and not timed:
            self.finding("timestamp-none")

    def custody(self):  # 11.5
        reader, pending = self.reader, []
        if self.lost or not (reader.events or reader.halves):
            return self.finding("custody-lost" if self.lost else "custody-none")
        known = {(seal.number, seal.root, seal.hash) for seal in self.seals}
        for place, number, kind, code, size in sorted(
                [*self.halves(), *self.events(known)], key=lambda step: step[:1]):
            if code:
                self.finding(code, number)
            if kind == 2:
                pending.append((place[0], number))
            elif kind in (3, 4) and pending and pending[-1][0] <= 2 * size:
                pending.pop()
            elif kind in (3, 4):
                self.finding("custody-unmatched", number)
        for _, number in pending:
            self.finding("custody-pending", number)

    def events(self, known):
        """Halves that are records: place, record, kind if it counts, finding, size covered."""
        judging = [seal for seal in self.seals if not seal.adopted]
        for number, kind, party, covers in self.reader.events:
            while judging and judging[0].number < number:
                judging.pop(0)
            signed = {(signature["certificate"], signature["mathematics"])
                      for seal in judging[:1] for signature in seal.signatures}
            if kind not in (2, 3, 4):
                continue
            code = None
            if (party.hex(), "valid") not in signed:
                code = "custody-unsigned"
            elif kind > 2 and ((covers[1], covers[2], covers[3]) not in known
                               or covers[1] > number):
                code = "custody-covers"
            yield (2 * number + 1, 0), number, None if code else kind, code, covers and covers[1]

    def halves(self):
        """The same of those that are detached, which take part before their seal."""
        judged, chosen = {seal.number for seal in self.seals if seal.judged}, {}
        for place, (_, target, half) in enumerate(self.reader.halves):
            if half and target in judged and (half[2] not in chosen or half[1] > chosen[half[2]][1]):
                chosen[half[2]] = place, half[1]  # the first that is trusted, else the first
        for place, (number, target, half) in enumerate(self.reader.halves):
            if half is None or target not in judged:
                yield (2 * target, 1), number, None, "custody-unsigned", None
            elif chosen[half[2]][0] == place:
                kind, trusted, _ = half
                answers = kind > 2
                yield ((2 * target, int(answers)), number, kind if trusted or not answers else None,
                       None if trusted else "custody-untrusted", target)

    def report(self):  # 11.6
        reader, state, root = self.reader, self.state, self.reader.tree.root()
        effects = reader.effects  # of what is listed, and of what is only counted
        effects |= {(f["claim"], f["effect"]) for f in reader.findings}
        known = {"items": state.highest, "closed": self.closed,
                 "branch": state.branch.hex() if state.branch else None}
        report = {
            "report": 1, "not-shown": NOT_SHOWN, "receipts": self.receipts,
            "log-proofs": self.logs,
            "bundle": {"id": str(uuid.UUID(bytes=reader.bundle)), "volumes": len(reader.sources),
                       "bytes": reader.size, "records": reader.count, "plain-bytes": reader.plain,
                       "root": root.hex() if root else None, "case": reader.case,
                       **{key: None if self.lost else value for key, value in known.items()}},
            "claims": {claim: "fails" if (claim, "fails") in effects else
                       "not established" if (claim, "open") in effects else "holds"
                       for claim in CLAIMS},
            "findings": [{**f, "do": ADVICE[f["effect"]]} for f in reader.findings],
            "seals": [{"record": seal.number, "size": seal.number, "status": seal.status,
                       "root": seal.root.hex() if seal.root and not seal.unusable else None,
                       "signatures": list(seal.signatures) if seal.judged else []}
                      for seal in self.seals]}
        for seal, listed in zip(self.seals, report["seals"]):
            if seal.counters:
                listed["counter-signatures"] = [
                    {"record": number, **{key: found[key] for key in found if key != "counts"}}
                    for number, found in seal.counters]
        for finding in report["findings"]:
            del finding["owner"], finding["withdrawn"]
        if reader.dropped:
            report["findings-dropped"] = reader.dropped
        return report
