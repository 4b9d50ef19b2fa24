"""What each record must be after those before it: sections 5, 6, 8 and 9."""
import copy
import hashlib

from .frames import MAX_END, WITHHOLDABLE
from .shape import Bad
from .tree import checkpoint

MAX_MARKS = 65536
# Findings that stay when their record is refused [B-SES-4]: checks 1 to 5, 12 and 17 to 22.
KEPT = {"frame-truncated", "frame-mark", "frame-crc", "frame-state", "frame-reserved", "frame-length",
        "torn-tail", "length-stored", "core-bundle-id", "chain-number", "chain-previous",
        "payload-digest"}
DIGESTS = {1: "sha256", 2: "md5", 3: "sha1", 4: "sha512"}
ZEROS = bytes(1 << 20)


class Item:
    """An open item; update() gives a new one, so that kept states stay as they were."""

    def __init__(self, number, session, names):
        self.first, self.session, self.end, self.gaps = number, session, 0, False
        self.opened = None    # body of the last item-open, False when it cannot be read
        self.checked = True   # its digests can be checked
        self.hashes = {n: hashlib.new(DIGESTS[n], usedforsecurity=False) for n in names}

    def update(self, length, plain=None, gap=False):
        """plain is None for what is withheld or unusable."""
        new = copy.copy(self)
        new.end, new.gaps = self.end + length, self.gaps or gap
        new.checked = self.checked and plain is not None
        if new.checked and not (gap and self.opened and 6 in self.opened):  # [B-ITM-8]
            new.hashes = {n: h.copy() for n, h in self.hashes.items()}
            for h in new.hashes.values():
                h.update(plain)
                for at in range(0, length if gap else 0, len(ZEROS)):
                    h.update(ZEROS[:length - at])
        return new


def within(number, ranges):
    return any(first <= number < end for first, end in ranges)


class State:
    """State of sections 5, 6 and 8. Values are replaced, never changed: a copy keeps them."""
    refused = adopted = ()  # ranges: what a session says of others ends when it is refused itself
    lost = unusable = closed = False
    session = branch = names = withhold = None
    digests, pending, open, highest, marks = (1,), (), {}, 0, 0


class Session:
    def __init__(self, number, body):
        self.number, self.policy, self.extends = number, body[12], body.get(8)
        self.met = self.trusted = self.compared = False


class Seal:
    adopted = unusable = mismatched = False
    attests, digests, signatures, content = 0, (), (), None

    def __init__(self, frame, root, session):
        self.number, self.hash, self.root, self.session = frame.number, frame.hash, root, session
        self.volume, self.at = frame.volume, frame.at


class Rules:
    def judge(self, frame):
        """One record; the first rule that does not hold gives the finding [B-ORD-8]."""
        try:
            if frame.kind == 2 and frame.body and (not self.state.lost or self.may_refuse(frame)):
                self.session_record(frame, frame.body)
            elif frame.kind == 12:
                self.seal_record(frame, frame.body)
            elif not self.state.lost:
                self.in_order(frame)
                rule = {1: self.genesis, 3: self.item_open, 4: self.item_record, 5: self.data,
                        6: self.data, 7: self.event, 8: self.note, 9: self.names_record,
                        10: self.index_record, 11: self.tail_record, 13: self.attest,
                        14: self.withhold, 17: self.close}.get(frame.kind, self.in_use)
                lenient = rule(frame, frame.body)  # a code that does not set *lost*
                if lenient:
                    self.fault(frame, lenient)
                elif frame.kind not in (10, 11, 13) and self.index.due() is not None:
                    raise Bad("index-due")  # [B-IDX-3]
            elif not self.final:
                self.keep_index(frame, frame.body)
            self.read_while_lost(frame, frame.body)
        except Bad as bad:
            self.fault(frame, bad.args[0])
            if bad.args[0] != "seal-mismatch":
                self.lose()
        if frame.kind == 13 and self.seals and not self.state.lost:  # base, 5.1
            self.seals[-1].attests += frame.number == self.seals[-1].number + self.seals[-1].attests + 1
        if frame.kind == 6 and frame.body:
            self.fault(frame, "gap", frame.body[1])
        if frame.kind == 4 and frame.body and frame.body[4] > 1:
            self.fault(frame, "item-state")
        if frame.usable and (frame.kind >= 128 or frame.kind in (15, 16)):  # [B-RSV-1]
            self.fault(frame, "optional" if frame.kind >= 128 else "not-evaluated")

    def read_while_lost(self, frame, body):
        """What is kept of a record that failed no rule, or while none is checked."""
        if body is not None and frame.kind == 14:
            self.withholds.append((frame.number, body[6]))
        elif self.state.lost and body is not None:
            if frame.kind == 2:
                self.session = Session(frame.number, body)
            elif frame.kind == 13:
                self.attests.append((frame.number, body[3], body[1]))

    def keep_index(self, frame, body):  # [B-DMG-8]
        try:
            if frame.kind == 10 and body is not None:
                self.index_record(frame, body)
            elif frame.kind == 11 and body is not None:
                self.index.check_tail(body, self.tree.frontier)
                self.index.count_tail(frame.number)
        except Bad:
            pass

    # -- section 5 ----------------------------------------------------------------------------

    def in_order(self, frame):
        if (frame.number == 0) != (frame.kind == 1):  # [B-ORD-1]
            raise Bad("grammar-genesis")
        if frame.number == 1 and frame.kind != 2:  # [B-ORD-2]
            raise Bad("grammar-session")
        if frame.kind not in (1, 2, 13) and self.state.session is None:
            raise Bad("grammar-session")
        if frame.kind in (3, 4, 5, 6, 17) and self.state.closed:  # [B-ORD-5]
            raise Bad("grammar-close")
        if frame.kind == 11:
            self.count_mark()

    def count_mark(self):  # [B-ORD-6]
        if self.state.marks >= MAX_MARKS:
            raise Bad("mark-limit")
        self.state.marks += 1

    def genesis(self, frame, body):
        self.case = {name: body[1][key] for key, name in enumerate(("number", "title", "agency"), 1)
                     if key in body[1]}
        if body[4] != "sha256":
            raise Bad("genesis-suite")

    def close(self, frame, body):
        self.state.closed = frame.number

    def account(self, number, body):
        """[B-SES-1] to [B-SES-3]: the adopted and the refused (first, count), or None."""
        extends, base = body.get(8), 1
        if (extends is None) != (not self.any_seal()):
            raise Bad("session-extends")
        if extends is not None:
            seal = self.named_seal(extends[1])
            if seal is None or seal.root != extends[2]:
                raise Bad("session-extends")
            base = seal.number + 1 + seal.attests
        self.at_base = self.snapshots[base - (seal.attests if extends else 0)]
        adopted, refused, at = body.get(9), body.get(10), base
        for part in (adopted, refused):
            if part and part[1] != at:
                raise Bad("session-account")
            at += part[2] if part else 0
        if at != number:
            raise Bad("session-account")
        if refused and refused[1] != base and refused[1] not in self.snapshots:
            raise Bad("session-boundary")
        return adopted, refused

    def may_refuse(self, frame):
        """[B-SES-4]: a session that comes while *lost*."""
        try:
            refused = None if self.final else self.account(frame.number, frame.body)[1]
        except Bad:
            return False
        return bool(refused) and not self.snapshots.get(refused[1], self.at_base).lost

    def session_record(self, frame, body):
        number, torn = frame.number, body.get(11)
        if torn:
            self.fault(frame, "torn", torn[1])
        self.in_order(frame)
        adopted, refused = self.account(number, body)
        if torn:
            self.withdraw_torn(number, torn)
        for code, part in (("adopted", adopted), ("refused", refused)):
            if part:
                self.finding(code, part[1], (None, None), part[2], owner=number)
        if refused:  # [B-SES-4]
            self.state = copy.copy(self.snapshots.get(refused[1], self.at_base))
            self.state.refused += ((refused[1], refused[1] + refused[2]),)
        if adopted:
            self.state.adopted += ((adopted[1], adopted[1] + adopted[2]),)
        self.count_mark()
        certificates = body[12][1]
        if body[12][2] > len(certificates) or certificates != sorted(set(certificates)):
            raise Bad("session-policy")  # [B-SES-6]
        self.state.session, self.session = number, Session(number, body)
        self.state.branch = body.get(13, self.state.branch)
        self.state.digests = (1, *body.get(14, ()))

    def withdraw_torn(self, number, torn):  # [B-SES-7]
        count, digest, finding = self.torn.get(torn.get(3), (None, None, None))
        if (count, digest) == (torn[1], torn[2]) and finding:
            finding["withdrawn"] = number

    def leave_refused(self):
        """[B-SES-4], at the end: what was kept of refused records goes."""
        refused, adopted = self.state.refused, self.state.adopted
        self.findings = [f for f in self.findings if not within(f["owner"], refused)
                         and (f["withdrawn"] < 0 or within(f["withdrawn"], refused))]
        for kept in (self.attests, self.events, self.withholds, self.items, self.extents):
            if kept:
                kept[:] = [entry for entry in kept if not within(entry[0], refused)]
        self.seals = [seal for seal in self.seals if not within(seal.number, refused)]
        for seal in self.seals:
            seal.adopted = within(seal.number, adopted)

    def any_seal(self):
        return any(not within(number, self.state.refused) for number in reversed(self.firm))

    def named_seal(self, number):
        return None if within(number, self.state.refused) else self.firm.get(number)

    def seal_record(self, frame, body):
        state, root, firm = self.state, self.tree.root(), not self.state.lost
        seal = Seal(frame, root, self.session)
        self.seals.append(seal)
        seal.unusable = body is None
        if firm:
            self.in_order(frame)
            if self.last_kind != 11:
                seal.session = None
                raise Bad("grammar-seal")  # [B-ORD-3]
            state.marks = 0
            self.firm[seal.number] = seal
        if seal.unusable or root is None:
            return
        seal.digests = [hashlib.sha256(data).digest() for data in body[2]]
        seal.content = hashlib.sha256(body[1]).digest()
        wanted = checkpoint(self.bundle, state.branch, seal.number, root)
        skip = wanted.index(b"\n") if state.lost else 0  # [B-DMG-8]: size and root only
        found = body[1][body[1].find(b"\n"):] if state.lost else body[1]
        if found != wanted[skip:]:  # [B-SEA-1], [B-SEA-3]
            seal.mismatched = True
            raise Bad("seal-mismatch")
        seal.places = [(160 + frame.raw.find(part), len(part)) for part in [body[1]] + body[2]]
        if seal.session and self.trust:
            seal.signatures = self.trust.evaluate(body[1], body[2])

    def attest(self, frame, body):
        if not self.any_seal():  # [B-ORD-4]
            raise Bad("grammar-attest")
        seal, place = self.named_seal(body[1]), body.get(6)
        if seal is None or seal.hash != body[2] or (place is None) == (body[3] in (1, 5, 6, 7)):
            raise Bad("attest-target")  # [B-ATT-1]
        if place is not None and place >= len(seal.digests):
            raise Bad("attest-target")
        if body[4] != (seal.content if place is None else seal.digests[place]):
            raise Bad("attest-target")  # [B-ATT-2]
        self.attests.append((frame.number, body[3], body[1]))

    # -- section 6 ----------------------------------------------------------------------------

    def in_use(self, frame, body, *ids):  # [B-ITM-1]
        if max((frame.item, *ids)) > self.state.highest:
            raise Bad("item-unknown")

    def find_item(self, frame, *ids):
        """The open item of a record, None for a new one; [B-ITM-1], [B-ITM-2]."""
        if not 1 <= frame.item <= self.state.highest + 1:
            raise Bad("item-id")
        if any(i > max(self.state.highest, frame.item) for i in ids):
            raise Bad("item-unknown")
        item = self.state.open.get(frame.item)
        if item is None and frame.item <= self.state.highest:
            raise Bad("item-closed")
        return item

    def keep_item(self, frame, item):
        self.state.open = {**self.state.open, frame.item: item}
        self.state.highest = max(self.state.highest, frame.item)

    def new_item(self, frame):
        if len(self.state.open) >= 256:  # [B-ITM-2]
            raise Bad("item-limit")
        return Item(frame.number, self.state.session, self.state.digests)

    def not_suspended(self, item):  # [B-ITM-5]
        if item and item.session != self.state.session:
            raise Bad("item-resume")

    def fitting(self, number):
        """[B-ITM-7]: a closed item that has bytes, or of which that is not known."""
        if number is not None and (number in self.state.open or number > self.state.highest
                                   or not self.has_bytes[number]):
            raise Bad("item-reference")

    def item_open(self, frame, body):
        ids = [body[6]] if body and 6 in body else []
        item = self.find_item(frame, *ids)
        if body:  # [B-ITM-4]
            resume, before = body.get(5), item and item.opened
            if (resume is None) != (item is None) or (resume and resume[1] != item.end):
                raise Bad("item-resume")
            if before and [body.get(k) for k in (1, 2, 6)] != [before.get(k) for k in (1, 2, 6)]:
                raise Bad("item-resume")
        if item and item.session == self.state.session:  # [B-ITM-5]
            raise Bad("item-resume")
        item = copy.copy(item or self.new_item(frame))
        self.fitting(ids[0] if ids else None)
        item.session = self.state.session
        item.opened = {k: body[k] for k in (1, 2, 6) if k in body} if body else False
        item.checked = item.checked and body is not None
        self.keep_item(frame, item)

    def data(self, frame, body):
        """Data and gap records."""
        gap = frame.kind == 6
        length = body[1] if gap else frame.plain
        item = self.find_item(frame)
        self.not_suspended(item)
        if frame.offset != (item.end if item else 0):  # [B-ITM-3]
            raise Bad("item-tiling")
        if frame.offset + length >= MAX_END:
            raise Bad("core-offset")
        item = item or self.new_item(frame)
        plain = body if not gap else None if self.stopped else b""
        self.keep_item(frame, item.update(length, plain, gap))
        if self.extents is not None:
            self.extents.append((frame.number, frame.item, frame.offset, length, frame))

    def item_record(self, frame, body):
        if len(self.state.pending) >= 256:  # [B-NAM-2]
            raise Bad("names-due")
        ids = [body[k] for k in (6, 12, 14) if k in body] if body else []
        item = self.find_item(frame, *ids)
        self.not_suspended(item)
        item = item or Item(frame.number, self.state.session, self.state.digests)
        if body:
            self.check_item(frame.item, item, body)
        self.state.open = {i: o for i, o in self.state.open.items() if i != frame.item}
        self.state.highest = max(self.state.highest, frame.item)
        self.state.pending += ((frame.item, frame.number,
                                 [body[2], body[1], body[3]] if body else None),)
        if len(self.has_bytes) <= frame.item:
            self.has_bytes += bytes(frame.item + 1 - len(self.has_bytes))
        self.has_bytes[frame.item] = not body or 5 in body
        digests = [body.get(5, {}).get(n) for n in item.hashes] if body else []
        holds = bool(body) and item.checked and 5 in body
        wrong = holds and digests != [h.digest() for h in item.hashes.values()]
        if self.items is not None:
            self.items.append((frame.number, frame.item, body, self.state.session, holds and not wrong))
        return "item-digest" if wrong else None  # [B-ITM-8]

    def check_item(self, number, item, body):
        kind, state, same, target = body[1], body[4], body.get(12), body.get(11)
        if body[3] != item.end:  # [B-ITM-6]
            raise Bad("item-size")
        has_bytes = kind in (1, 4, 5, 6, 7, 8, 9) and same is None and state <= 3
        if (sorted(body.get(5, ())) != (list(item.hashes) if has_bytes else [])
                or (5 in body) != has_bytes or (body[3] and not has_bytes)
                or (same is not None and kind != 1) or (16 in body) != (state > 1)
                or (target is not None) != (kind == 3 and state <= 3)):
            raise Bad("item-kind")
        if body.get(6) == number:  # [B-ITM-7]
            raise Bad("item-reference")
        self.fitting(same)
        self.fitting(body.get(14))
        if item.opened and item.opened.get(6) != body.get(14):
            raise Bad("item-reference")
        if item.opened is None and item.gaps and 14 in body:  # [B-ITM-8]
            raise Bad("item-reference")

    # -- section 8 ----------------------------------------------------------------------------

    def names_record(self, frame, body):
        if body:
            rows, closed = body[1], self.state.pending
            if len(rows) != len(closed) or body.get(2) != self.state.names:  # [B-NAM-1], [B-NAM-3]
                raise Bad("names-mismatch")
            for row, (item, number, known) in zip(rows, closed):
                if row[:2] != [item, number] or (known and row[2:] != known):
                    raise Bad("names-mismatch")
            restated = [number for number, _ in body.get(3, ())]  # [B-NAM-4]
            if restated and (restated != sorted(set(restated))
                             or any(number not in self.name_records
                                    or within(number, self.state.refused) for number in restated)):
                raise Bad("names-mismatch")
        self.state.pending, self.state.names = (), frame.number
        self.name_records.add(frame.number)

    def note(self, frame, body):
        self.in_use(frame, body)
        if body and body.get(2, -1) >= frame.number:  # [B-NTE-1]
            raise Bad("item-unknown")

    def event(self, frame, body):
        self.in_use(frame, body, *(body.get(13, ()) if body else ()))
        if body:
            self.events.append((frame.number, body[1], body.get(11), body.get(12)))

    def withhold(self, frame, body):  # [B-WTH-1]
        last = -1
        for first, count, start, end in body[6]:
            after = first + count
            if first <= last or after > frame.number or any(
                    kind not in WITHHOLDABLE for kind in self.kinds[first:after]):
                raise Bad("withhold-list")
            last = after
            ends = self.offsets[after] if after < len(self.offsets) else self.index.logical
            if (start, end) != (self.offsets[first], ends):
                raise Bad("withhold-list")
        self.state.withhold = frame.number

    # -- section 9 ----------------------------------------------------------------------------

    def index_record(self, frame, body):
        self.index.check(body)
        self.index.write(frame.number)

    def tail_record(self, frame, body):  # [B-TAI-1], [B-TAI-3]
        state = self.state
        self.index.check_tail(body, self.tree.frontier)
        kept = {1: state.highest + 1, 2: [[i, o.end] for i, o in sorted(state.open.items())],
                3: bool(state.closed), 4: [[item, number] for item, number, _ in state.pending],
                5: state.session, 6: state.names or False, 7: state.withhold or False,
                8: state.branch or False}
        if repr(body[7]) != repr(kept):  # repr tells 0 from false
            raise Bad("tail-mismatch")
        self.index.count_tail(frame.number)
