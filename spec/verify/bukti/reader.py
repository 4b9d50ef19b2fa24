"""Reads a bundle once, from the first byte to the last: sections 3 to 9."""
import copy
import hashlib

from . import frames
from .rules import KEPT, Rules, State
from .shape import CODES, MAX63, Bad, Cbor, check_body
from .tree import Index, Tree

MAX_UNCOVERED = 1 << 20
MAX_FINDINGS = 10000


class Reader(Rules):
    """After run(): findings, seals, attests, events, withholds and the last state."""

    def __init__(self, sources, trust=None, receipts=(), max_plain=1 << 43):
        self.sources, self.trust, self.max_plain = sources, trust, max_plain
        self.findings, self.dropped, self.tally = [], 0, set()
        self.tree, self.index, self.state, self.final = Tree(), Index(), State(), False
        self.next, self.count, self.previous, self.last_kind = 0, 0, None, None
        self.bundle, self.case, self.size, self.plain, self.stopped = None, None, 0, 0, False
        self.kinds, self.offsets, self.has_bytes = bytearray(), [], bytearray(b"\0")
        self.seals, self.firm, self.session = [], {}, None
        self.attests, self.events, self.withholds, self.name_records = [], [], [], set()
        self.withheld, self.dropped_bytes, self.snapshots, self.torn = [], 0, {}, {}
        self.wanted = {r["size"]: None for r in receipts}
        self.items, self.extents, self.tries = None, None, [1024]

    # -- volumes and frames ---------------------------------------------------------------------

    def run(self):
        going = True
        for number, source in enumerate(self.sources):
            volume = frames.Volume(source, number)
            if going:
                going = self.preamble(volume)
                at = 32
                while going and volume.peek(at, 1):
                    at = self.step(volume, at)
            self.size += volume.drain()
        self.note_receipt()
        self.leave_refused()
        return self

    def preamble(self, volume):
        head = volume.peek(0, 32)
        number = int.from_bytes(head[12:16], "big")
        if volume.number == 0:  # [B-VOL-1]
            for wrong, code in ((len(head) < 32, "truncated"), (head[:10] != frames.MAGIC, "magic"),
                                (head[10:11] != b"\1", "version")):
                if wrong:
                    raise frames.Refused("preamble-" + code)
            self.bundle, self.start = head[16:32], head[:12]
            self.previous = hashlib.sha256(head).digest()
        if len(head) < 32 or head[:12] != self.start or head[16:] != self.bundle \
                or number != volume.number:  # [B-VOL-2]
            self.finding("volume-mismatch", self.next, (volume.number, 0))
            return False
        return True

    def step(self, volume, at):
        """Reads the frame at a place; gives the place of the next."""
        frame, candidate = frames.Frame(volume, at), False
        volume.drop(at)
        if not frame.has_end:  # [B-DMG-1]
            found, passed = frames.search(volume, at, self.bundle, self.next, self.tries)
            end = found.at if found else volume.base
            torn = self.finding(frame.code if found else "torn-tail", self.next,
                                (volume.number, at), end - at)
            if not found:
                self.torn[volume.number] = (end - at, passed.digest(), torn)
                return end
            frame, candidate = found, True
        self.accept(volume, frame, candidate)
        return frame.at + frame.length

    def accept(self, volume, frame, candidate):
        place, item = (frame.volume, frame.at), None if frame.code else frame.item or None
        frame.shown = item
        if frame.code:  # [B-DMG-2]
            belongs = frame.bundle == self.bundle and self.next <= frame.number < MAX63
            self.finding(frame.code, min(frame.number, self.next) if frame.number >= MAX63
                         else frame.number, place, owner=frame.number if belongs else -1)
            if frame.number >= MAX63:
                return
        if frame.bundle != self.bundle:  # [B-DMG-3]
            return self.finding("core-bundle-id", frame.number, place)
        if frame.number < self.next:  # [B-DMG-4]
            return self.finding("chain-number", frame.number, place)
        self.note_receipt()
        if frame.number > self.next:
            if not candidate:
                self.finding("chain-number", frame.number, place)
            if frame.number == self.next + 1 and self.tree.known:
                self.tree.push(frame.previous)
                self.note_receipt()
            else:
                self.tree.known = False
            self.lose(final=True)
        elif frame.previous != self.previous:  # [B-DMG-5]
            self.finding("chain-previous", frame.number, place, None, item)
            self.lose(final=True)
        self.next = frame.number
        self.take(volume, frame)

    def take(self, volume, frame):
        """A frame that has its place in the chain: its content, its rules, then tree and index."""
        number, record_hash = frame.number, frame.record_hash()
        frame.usable, body = not frame.code, None
        if not frame.code:
            try:
                frame.raw = frame.payload(volume)
                body = self.content(frame, frame.raw)
            except Bad as bad:
                frame.usable = False
                self.fault(frame, bad.args[0])
        if frame.kind == 2 or number == 1:
            self.snapshots[number] = copy.copy(self.state)
        if frame.withheld and frame.usable:
            self.note_withheld(frame)
        if not frame.usable:  # [B-DMG-2], [B-DMG-7]
            self.state.unusable = True
            if frame.code or (frame.kind not in frames.WITHHOLDABLE and frame.kind < 128):
                self.lose()
        frame.body, frame.hash = body, record_hash
        self.judge(frame)
        self.torn.clear()
        if not self.final:
            self.kinds.append(frame.kind)
            self.offsets.append(self.index.logical)
            self.index.add(frame, record_hash)
            if number + 1 - 256 * self.index.blocks[0] > MAX_UNCOVERED:  # [B-IDX-5]
                if not self.state.lost:
                    self.fault(frame, "index-due")
                self.lose(final=True)
        if self.tree.known:
            self.tree.push(record_hash)
        self.previous, self.next, self.last_kind = record_hash, number + 1, frame.kind
        self.count += 1
        frame.raw = frame.body = None
        if frame.kind in (11, 12):
            self.snapshots[number + 1] = copy.copy(self.state)

    def content(self, frame, body):
        """[B-DMG-6] from the body's bytes to what it says."""
        if body is None:
            return None
        if frame.kind == 5:
            if self.stop_before(frame.plain):
                return None
            body = frames.decode(frame.codec, body, frame.plain)
            self.plain += frame.plain
            return body
        body = frames.decode(frame.codec, body, frame.plain)
        if frame.kind >= 128:
            return None
        value = Cbor(body).whole()
        check_body(frame.kind, value)
        if frame.kind == 6 and not self.stop_before(value[1]):
            self.plain += value[1]
        return value

    def stop_before(self, length):  # 11.1
        if not self.stopped and self.plain + length > self.max_plain:
            self.stopped = True
            self.finding("max-plain")
        return self.stopped

    def finding(self, code, record=None, place=(None, None), length=None, item=None, owner=-1):
        """Refusal of the record that is the owner withdraws it."""
        claim, effect, meaning = CODES[code]
        if len(self.findings) >= MAX_FINDINGS:
            self.dropped += 1
            self.tally.add((claim, effect))
            return None
        self.findings.append({"owner": owner, "withdrawn": -1, "code": code, "claim": claim, "effect": effect, "record": record,
                              "volume": place[0], "offset": place[1], "length": length, "item": item,
                              "message": meaning})
        return self.findings[-1]

    def fault(self, frame, code, length=None):
        self.finding(code, frame.number, (frame.volume, frame.at), length, frame.shown,
                     -1 if code in KEPT else frame.number)

    def lose(self, final=False):
        self.state.lost, self.final, self.session = True, self.final or final, None

    def note_receipt(self):
        if self.tree.known and self.tree.size in self.wanted:
            self.wanted[self.tree.size] = (self.tree.root(), self.state.branch)

    def note_withheld(self, frame):
        self.dropped_bytes += frame.stored
        if self.withheld and sum(self.withheld[-1]) == frame.number:
            self.withheld[-1][1] += 1
        else:
            self.withheld.append([frame.number, 1])
