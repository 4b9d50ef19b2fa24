"""What each record must be after those before it: sections 5, 6, 8 and 9."""
import bisect, contextlib, copy, hashlib

from .frames import MAX_END
from .shape import LIMIT, RULES, TYPES, Bad, Cbor, fit, must
from .tree import checkpoint

# Findings that stay when their record is refused [B-SES-4]: checks 1 to 5, 12 and 17 to 22.
KEPT = ("frame-truncated frame-mark frame-crc frame-state frame-reserved frame-length torn-tail "
        "length-stored core-bundle-id chain-number chain-previous payload-digest").split()
DIGESTS = {1: "sha256", 2: "md5", 3: "sha1", 4: "sha512"}
METHODS = {number: "on_" + row[0].replace("-", "_") for number, row in TYPES.items()}
CAN_BE_WITHHELD = {number for number, row in TYPES.items() if row[3] == "yes"}
ZEROS = bytes(1 << 20)

class State:
    """State of sections 5, 6 and 8. Values are replaced, never changed: a copy keeps them."""
    refused = adopted = ()  # ranges: what a session says of others ends when it is refused itself
    lost = unusable = closed = sealed = False  # sealed: whether a session can name a seal
    session = branch = names = withhold = None
    digests, pending, open, highest, marks = (1,), (), {}, 0, 0

class Item:
    """An open item; update() gives a new one, so that kept states stay as they were."""

    def __init__(self, number, state):
        self.first, self.session, self.end, self.gaps = number, state.session, 0, False
        self.opened = None    # body of the last item-open, False when it cannot be read
        self.checked = True   # its digests can be checked
        self.hashes = {n: hashlib.new(DIGESTS[n], usedforsecurity=False) for n in state.digests}

    def update(self, length, plain, gap):
        """plain is None for what is withheld or unusable."""
        new = copy.copy(self)
        new.end, new.gaps = self.end + length, self.gaps or gap
        new.checked = self.checked and plain is not None
        if new.checked and not (gap and self.opened and 6 in self.opened):  # [B-ITM-8]
            new.hashes = {n: digest.copy() for n, digest in self.hashes.items()}
            for digest in new.hashes.values():
                digest.update(plain)
                for at in range(0, length if gap else 0, len(ZEROS)):
                    digest.update(ZEROS[:length - at])
        return new

class Session:
    def __init__(self, number, body):
        self.number, self.policy, self.extends = number, body[12], body.get(8)
        self.met = self.trusted = self.compared = False

class Seal:
    adopted = mismatched = judged = met = False
    attests, digests, signatures, content, places, text = 0, (), (), None, (), b""

    def __init__(self, frame, root, session):
        self.number, self.hash, self.root, self.session = frame.number, frame.hash, root, session
        self.unusable = frame.body is None

def places(frame, body):
    """Where the checkpoint and each signature lie in their volume, and their lengths."""
    at, found = frame.at + 162, []  # behind the salt, the head of the map and key 1
    for data in (body[1], *body[2]):
        at += head_size(len(data))
        found.append((frame.volume, at, len(data)))
        at += len(data) + (0 if found[1:] else 1 + head_size(len(body[2])))
    return found

def head_size(count):
    return 1 + sum(2 ** n for n, least in ((0, 24), (0, 256), (1, 65536)) if count >= least)

def half(data, checkpoint, trust):
    """[B-ATT-3]: kind and party of a detached half, whether they are trusted, and what was signed;
    None for one that does not count."""
    try:
        value = Cbor(data).whole()
        fit(RULES["half"], value)
        event = Cbor(value[2]).whole()
        fit(RULES["event"], event)
    except Bad:
        return None
    if event[1] not in (2, 3, 4) or 11 not in event or 12 in event or value[1] != checkpoint:
        return None
    trusts = [found["trust"] for found in
              (trust.evaluate(value[1] + value[2], [value[3]]) if trust else ())
              if (found["certificate"], found["mathematics"]) == (event[11].hex(), "valid")]
    if not trusts:
        return None
    return event[1], "root" in trusts or "pinned" in trusts, value[1] + value[2]

def within(number, ranges):
    """Whether one of the ranges holds a number; each begins and ends behind the one before."""
    place = bisect.bisect(ranges, number, key=lambda numbers: numbers.start)
    return place > 0 and number in ranges[place - 1]

class Rules:
    """One method for each record type; the first rule that fails gives the finding [B-ORD-8]."""

    def judge(self, frame):
        kind, body, number = frame.kind, frame.body, frame.number
        try:
            if kind == 12 or (kind == 2 and body and self.may_refuse(frame)):
                self.rule(frame)(frame, body)
            elif not self.state.lost:
                self.in_order(frame)
                self.rule(frame)(frame, body)
                must(kind in (10, 11, 13) or self.index.due() is None, "index-due")  # [B-IDX-3]
            if body is not None and (kind == 14 or self.state.lost):
                self.read_while_lost(frame, body)
        except Bad as bad:
            self.fault(frame, bad.args[0])
            if bad.args[0] not in ("seal-mismatch", "item-digest"):  # [B-SEA-3], [B-ITM-8]
                self.lose()
        if kind == 13 and self.seals and not self.state.lost:  # base, 5.1
            last = self.seals[-1]
            last.attests += number == last.number + last.attests + 1
        if kind == 6 and body:
            self.fault(frame, "gap", body[1])
        if kind == 4 and body and body[4] > 1:
            self.fault(frame, "item-state")
        if frame.usable and (kind >= 128 or kind in (15, 16)):  # [B-RSV-1]
            self.fault(frame, "optional" if kind >= 128 else "not-evaluated")

    def rule(self, frame):
        return getattr(self, METHODS.get(frame.kind, "on_optional"))

    def read_while_lost(self, frame, body):
        """What is kept of a record while no rule is checked, [B-DMG-8], and of withhold records."""
        if frame.kind == 14:
            self.withholds.append((frame.number, body[6]))
        elif frame.kind == 2:
            self.session = Session(frame.number, body)
        elif frame.kind == 13:
            self.keep_attest(frame, body, None)
        elif frame.kind in (10, 11) and not self.final:
            with contextlib.suppress(Bad):
                self.index.take(frame, body, self.tree.frontier)

    # section 5
    def in_order(self, frame):
        number, kind, state = frame.number, frame.kind, self.state
        must((number == 0) == (kind == 1), "grammar-genesis")  # [B-ORD-1]
        must(number != 1 or kind == 2, "grammar-session")  # [B-ORD-2]
        must(kind in (1, 2, 13) or state.session is not None, "grammar-session")
        must(kind not in (3, 4, 5, 6, 17) or not state.closed, "grammar-close")  # [B-ORD-5]
        if kind == 11:
            self.count_mark()

    def count_mark(self):  # [B-ORD-6]
        must(self.state.marks < LIMIT["max-marks"], "mark-limit")
        self.state.marks += 1

    def on_genesis(self, frame, body):
        case = {1: "number", 2: "title", 3: "agency"}
        self.case = {case[key]: value for key, value in body[1].items()}
        must(body[4] == "sha256", "genesis-suite")

    def on_close(self, frame, body):
        self.state.closed = frame.number

    def account(self, number, body):
        """[B-SES-1] to [B-SES-3]: the state before the first refused record, None if none is."""
        extends, adopted, refused, base, kept = body.get(8), body.get(9), body.get(10), 1, 1
        must((extends is not None) == self.state.sealed, "session-extends")
        if extends:
            seal = self.named_seal(extends[1])
            must(seal and seal.root == extends[2], "session-extends")
            base, kept = seal.number + 1 + seal.attests, seal.number + 1
        at = base
        for part in (adopted, refused):
            must(not part or part[1] == at, "session-account")
            at += part[2] if part else 0
        must(at == number, "session-account")
        if not refused:
            return None
        must(refused[1] == base or refused[1] in self.snapshots, "session-boundary")
        return self.snapshots.get(refused[1], self.snapshots[kept])

    def may_refuse(self, frame):
        """[B-SES-4]: whether a session is judged, which while *lost* is one that refuses."""
        if not self.state.lost:
            return True
        try:
            before = None if self.final else self.account(frame.number, frame.body)
        except Bad:
            return False
        return before is not None and not before.lost

    def on_session(self, frame, body):
        number, adopted, refused, torn = frame.number, body.get(9), body.get(10), body.get(11)
        if torn:
            self.fault(frame, "torn", torn[1])
        self.in_order(frame)
        before = self.account(number, body)
        size, digest, cut = self.torn.get(torn and torn.get(3), (None, None, None))
        if cut and (size, digest) == (torn[1], torn[2]):  # [B-SES-7]
            cut["withdrawn"] = number
        for code, part in (("adopted", adopted), ("refused", refused)):
            if part:
                self.finding(code, part[1], length=part[2], owner=number)
        if refused:  # [B-SES-4]
            self.state = copy.copy(before)
            self.state.refused += (range(refused[1], refused[1] + refused[2]),)
        if adopted:
            kept = [part for part in self.state.adopted if part.start < adopted[1]]
            self.state.adopted = (*kept, range(adopted[1], adopted[1] + adopted[2]))
        self.count_mark()
        signers = body[12][1]  # [B-SES-6]
        must(body[12][2] <= len(signers) and signers == sorted(set(signers)), "session-policy")
        self.state.session, self.session = number, Session(number, body)
        self.state.branch = body.get(13, self.state.branch)  # [B-SES-8]
        self.state.digests = (1, *body.get(14, ()))  # [B-SES-9]

    def leave_refused(self):
        """[B-SES-4], at the end: what was kept of refused records goes."""
        refused = self.state.refused
        self.findings = [f for f in self.findings if not within(f["owner"], refused)
                         and (f["withdrawn"] < 0 or within(f["withdrawn"], refused))]
        for kept in (self.attests, self.counters, self.halves, self.events, self.withholds,
                     self.items, self.extents):
            if kept:
                kept[:] = [entry for entry in kept if not within(entry[0], refused)]
        self.seals = [seal for seal in self.seals if not within(seal.number, refused)]
        for seal in self.seals:
            seal.adopted = within(seal.number, self.state.adopted)

    def named_seal(self, number):
        return None if within(number, self.state.refused) else self.firm.get(number)

    def on_seal(self, frame, body):
        state, root = self.state, self.tree.root()
        seal = Seal(frame, root, self.session)
        self.seals.append(seal)
        if not state.lost:
            self.in_order(frame)
            if self.last_kind != 11:  # [B-ORD-3]
                seal.session = None
                raise Bad("grammar-seal")
            state.marks = 0
            self.firm[seal.number], state.sealed = seal, True
        if body is None or root is None:
            return
        seal.digests = [hashlib.sha256(data).digest() for data in body[2]]
        seal.text = body[1]
        seal.content, seal.places = hashlib.sha256(body[1]).digest(), places(frame, body)
        wanted, found = checkpoint(self.bundle, state.branch, seal.number, root), body[1]
        if state.lost:  # [B-DMG-8]: size and root only
            wanted, found = (text[text.find(b"\n"):] for text in (wanted, found))
        seal.mismatched = found != wanted
        must(not seal.mismatched, "seal-mismatch")  # [B-SEA-1]
        if seal.session and self.trust:
            seal.signatures = self.trust.evaluate(body[1], body[2])

    def on_attest(self, frame, body):
        must(self.state.sealed, "grammar-attest")  # [B-ORD-4]
        seal, place = self.named_seal(body[1]), body.get(6)
        must(seal and seal.hash == body[2], "attest-target")  # [B-ATT-1]
        must((place is not None) == (body[3] in (1, 5, 6, 7)), "attest-target")
        must(place is None or place < len(seal.digests), "attest-target")  # [B-ATT-2]
        digest = seal.content if place is None else seal.digests[place]
        must(body[4] == digest, "attest-target")
        self.keep_attest(frame, body, None if seal.mismatched else seal.text)
        judged = seal.session and seal.root and not seal.unusable and not seal.mismatched
        trust = self.trust if judged else None
        if body[3] == 2:  # [B-ATT-3]
            self.counters += [(frame.number, seal.number, found) for found in
                              (trust.evaluate(seal.text, body[5]) if trust else ())]
        if body[3] == 4:
            self.halves += [(frame.number, seal.number, half(data, seal.text, trust))
                            for data in body[5]]

    def keep_attest(self, frame, body, checkpoint):
        said = self.logs.judge(body[5], checkpoint) if body[3] == 3 else None
        self.attests.append((frame.number, body[3], body[1], said))

    # section 6
    def in_use(self, frame, body, ids=()):  # [B-ITM-1]
        must(max((frame.item, *ids)) <= self.state.highest, "item-unknown")

    on_renew = on_keys = on_optional = in_use

    def find_item(self, frame, ids=(), resumes=False):
        """The open item of a record, None for a new one; [B-ITM-1], [B-ITM-2], [B-ITM-5]."""
        highest, item = self.state.highest, self.state.open.get(frame.item)
        must(1 <= frame.item <= highest + 1, "item-id")
        must(max((0, *ids)) <= max(highest, frame.item), "item-unknown")
        must(item or frame.item > highest, "item-closed")
        must(resumes or not item or item.session == self.state.session, "item-resume")
        return item

    def keep_item(self, frame, item):
        """item is None once it is closed."""
        self.state.open = {**self.state.open, frame.item: item}
        if item is None:
            del self.state.open[frame.item]
        self.state.highest = max(self.state.highest, frame.item)

    def new_item(self, frame):
        must(len(self.state.open) < LIMIT["max-open-items"], "item-limit")  # [B-ITM-2]
        return Item(frame.number, self.state)

    def fitting(self, number):
        """[B-ITM-7]: a closed item that has bytes, or of which that is not known."""
        must(number is None or number <= self.state.highest, "item-reference")
        must(number not in self.state.open, "item-reference")
        must(number is None or self.has_bytes[number], "item-reference")

    def on_item_open(self, frame, body):
        supplements = body.get(6) if body else None
        item = self.find_item(frame, (supplements or 0,), resumes=True)
        if body:  # [B-ITM-4]
            resume, before = body.get(5), item and item.opened
            must((resume is None) == (item is None), "item-resume")
            must(not resume or resume[1] == item.end, "item-resume")
            must(not before or all(body.get(k) == before.get(k) for k in (1, 2, 6)), "item-resume")
        must(not item or item.session != self.state.session, "item-resume")  # [B-ITM-5]
        item = copy.copy(item or self.new_item(frame))
        self.fitting(supplements)
        item.session = self.state.session
        item.opened = {k: body[k] for k in (1, 2, 6) if k in body} if body else False
        item.checked = item.checked and body is not None
        self.keep_item(frame, item)

    def on_data(self, frame, body):
        gap = frame.kind == 6
        length = body[1] if gap else frame.plain
        item = self.find_item(frame)
        must(frame.offset == (item.end if item else 0), "item-tiling")  # [B-ITM-3]
        must(frame.offset + length < MAX_END, "core-offset")
        plain = body if not gap else None if self.stopped else b""
        self.keep_item(frame, (item or self.new_item(frame)).update(length, plain, gap))
        if self.extents is not None:
            self.extents.append((frame.number, frame.item, frame.offset, length, frame))

    on_gap = on_data

    def on_item(self, frame, body):
        state = self.state
        must(len(state.pending) < LIMIT["max-names"], "names-due")  # [B-NAM-2]
        item = self.find_item(frame, [body[k] for k in (6, 12, 14) if body and k in body])
        item = item or Item(frame.number, state)
        if body:
            self.check_item(frame.item, item, body)
        self.keep_item(frame, None)
        named = [body[2], body[1], body[3]] if body else None
        state.pending += ((frame.item, frame.number, named),)
        self.has_bytes += bytes(max(0, frame.item + 1 - len(self.has_bytes)))
        self.has_bytes[frame.item] = not body or 5 in body
        digests = {n: digest.digest() for n, digest in item.hashes.items()}
        judged = body and item.checked and 5 in body
        holds = judged and body[5] == digests
        if self.items is not None:
            self.items.append((frame.number, frame.item, body, state.session, holds))
        must(holds or not judged, "item-digest")  # [B-ITM-8]

    def check_item(self, number, item, body):
        kind, state, same, supplements = body[1], body[4], body.get(12), body.get(14)
        must(body[3] == item.end, "item-size")  # [B-ITM-6]
        has_bytes = kind in (1, 4, 5, 6, 7, 8, 9) and same is None and state <= 3
        must((5 in body) == has_bytes and (has_bytes or not body[3]), "item-kind")
        must(not has_bytes or list(body[5]) == list(item.hashes), "item-kind")
        must((same is None or kind == 1) and (16 in body) == (state > 1), "item-kind")
        must((11 in body) == (kind == 3 and state <= 3), "item-kind")
        must(body.get(6) != number, "item-reference")  # [B-ITM-7]
        self.fitting(same)
        self.fitting(supplements)
        must(not item.opened or item.opened.get(6) == supplements, "item-reference")
        opened = item.opened is not None or not item.gaps or supplements is None  # [B-ITM-8]
        must(opened, "item-reference")

    # section 8
    def on_names(self, frame, body):
        state = self.state
        if body:
            rows, same = body[1], len(body[1]) == len(state.pending)
            must(same and body.get(2) == state.names, "names-mismatch")  # [B-NAM-1], [B-NAM-3]
            for row, (item, number, known) in zip(rows, state.pending):
                must(row == [item, number, *(known or row[2:])], "names-mismatch")
            restated = [number for number, _ in body.get(3, ())]  # [B-NAM-4]
            must(restated == sorted(set(restated)), "names-mismatch")
            must(all(number in self.names and not within(number, state.refused)
                     for number in restated), "names-mismatch")
        state.pending, state.names = (), frame.number
        self.names.add(frame.number)

    def on_note(self, frame, body):
        self.in_use(frame, body)
        must(not body or body.get(2, -1) < frame.number, "item-unknown")  # [B-NTE-1]

    def on_event(self, frame, body):
        self.in_use(frame, body, body.get(13, ()) if body else ())
        if body:
            self.events.append((frame.number, body[1], body.get(11), body.get(12)))

    def on_withhold(self, frame, body):  # [B-WTH-1]
        last = -1
        for first, count, start, end in body[6]:
            must(last < first and first + count <= frame.number, "withhold-list")
            last = first + count
            must(CAN_BE_WITHHELD.issuperset(self.kinds[first:last]), "withhold-list")
            after = self.offsets[last] if last < len(self.offsets) else self.index.logical
            must((start, end) == (self.offsets[first], after), "withhold-list")
        self.state.withhold = frame.number

    # section 9
    def on_index(self, frame, body):
        self.index.take(frame, body, self.tree.frontier)

    def on_tail(self, frame, body):  # [B-TAI-3]
        state = self.state
        kept = {1: state.highest + 1, 2: [[i, o.end] for i, o in sorted(state.open.items())],
                3: bool(state.closed), 4: [[item, number] for item, number, _ in state.pending],
                5: state.session, 6: state.names or False, 7: state.withhold or False,
                8: state.branch or False}
        must(repr(body[7]) == repr(kept), "tail-mismatch")  # repr tells 0 from false
        self.index.take(frame, body, self.tree.frontier)
