"""Reads a bundle once, from the first byte to the last: sections 3 and 4."""
import array, copy, hashlib

from .frames import MAGIC, Frame, Refused, Volume, decode, search
from .log import Logs
from .rules import KEPT, Rules, State
from .shape import CODES, LIMIT, MAX63, Bad, Cbor, check_body, must
from .tree import Index, Tree

MAX_FINDINGS = 10000

class Reader(Rules):
    """After run(): findings, seals, attests, events, withholds and the last state."""

    def __init__(self, sources, trust=None, receipts=(), max_plain=None, collect=False, logs=None):
        self.sources, self.trust, self.logs = sources, trust, logs or Logs()
        self.max_plain = LIMIT["default-max-plain"] if max_plain is None else max_plain
        self.findings, self.dropped, self.effects = [], 0, set()
        self.tree, self.index, self.state, self.final = Tree(), Index(), State(), False
        self.next, self.count, self.last_kind = 0, 0, None     # the next number, records read
        self.bundle, self.case, self.size, self.plain, self.stopped = None, None, 0, 0, False
        self.kinds, self.offsets = bytearray(), array.array("Q")   # of each record
        self.has_bytes = bytearray(1)                              # of each closed item
        self.seals, self.firm, self.session = [], {}, None     # firm: those that sessions can name
        self.attests, self.events, self.withholds, self.names = [], [], [], set()
        self.counters, self.halves = [], []                    # of attests of kinds 2 and 4
        self.withheld, self.withheld_bytes = [], 0             # runs of frames: [first, count]
        self.snapshots, self.torn = {}, {}                     # of records; of volumes
        self.wanted = {receipt["size"]: None for receipt in receipts}
        self.items, self.extents = ([], []) if collect else (None, None)
        self.tries = [LIMIT["max-candidates"]]

    def run(self):
        going = True
        for number, source in enumerate(self.sources):
            volume, at = Volume(source, number), 32
            going = going and self.preamble(volume)
            while going and volume.peek(at, 1):
                at = self.step(volume, at)
            for _ in volume.rest():
                pass
            self.size += volume.base
        self.note_receipt()
        self.leave_refused()
        return self

    def preamble(self, volume):
        head = volume.peek(0, 32)
        if volume.number == 0:  # [B-VOL-1]
            must(len(head) == 32, "preamble-truncated", Refused)
            must(head[:10] == MAGIC, "preamble-magic", Refused)
            must(head[10] == 1, "preamble-version", Refused)
            self.start, self.bundle = head[:12], head[16:]
            self.previous = hashlib.sha256(head).digest()  # [B-FRM-3]
        fits = head == self.start + volume.number.to_bytes(4, "big") + self.bundle  # [B-VOL-2]
        if not fits:
            self.finding("volume-mismatch", self.next, (volume.number, 0))
        return fits

    def step(self, volume, at):
        """Reads the frame at a place; gives the place of the next."""
        frame = Frame(volume, at)
        volume.drop(at)
        if frame.has_end:
            self.accept(volume, frame)
            return at + frame.length
        found, passed = search(volume, at, self.bundle, self.next, self.tries)  # [B-DMG-1]
        end = found.at if found else volume.base
        code = frame.code if found else "torn-tail"
        cut = self.finding(code, self.next, (volume.number, at), end - at)
        if not found:
            self.torn[volume.number] = (end - at, passed, cut)
            return end
        self.accept(volume, found, candidate=True)
        return end + found.length

    def accept(self, volume, frame, candidate=False):
        number, place = frame.number, (frame.volume, frame.at)
        frame.shown = None if frame.code else frame.item or None
        if frame.code:  # [B-DMG-2]
            owned = frame.bundle == self.bundle and self.next <= number < MAX63
            self.finding(frame.code, number if number < MAX63 else self.next, place,
                         owner=number if owned else -1)
            if number >= MAX63:
                return
        if frame.bundle != self.bundle:  # [B-DMG-3]
            return self.finding("core-bundle-id", number, place)
        if number < self.next:  # [B-DMG-4]
            return self.finding("chain-number", number, place)
        self.note_receipt()
        if number > self.next:
            if not candidate:
                self.finding("chain-number", number, place)
            self.tree.known = self.tree.known and number == self.next + 1
            if self.tree.known:
                self.tree.push(frame.previous)
                self.note_receipt()
            self.lose(final=True)
        elif frame.previous != self.previous:  # [B-DMG-5]
            self.finding("chain-previous", number, place, None, frame.shown)
            self.lose(final=True)
        self.take(volume, frame)

    def take(self, volume, frame):
        """A frame that has its place in the chain: its content, its rules, then tree and index."""
        number, frame.hash, frame.body = frame.number, frame.record_hash(), None
        frame.usable = not frame.code
        if frame.usable:
            try:
                frame.body = self.content(frame, frame.payload(volume))
            except Bad as bad:
                frame.usable = False
                self.fault(frame, bad.args[0])
        if frame.kind == 2 or number == 1:
            self.snapshots[number] = copy.copy(self.state)
        if frame.withheld and frame.usable:
            self.note_withheld(frame)
        if not frame.usable:  # [B-DMG-2], [B-DMG-7]
            self.state.unusable = True
            if frame.code or not (frame.can_be_withheld or frame.kind >= 128):
                self.lose()
        self.judge(frame)
        self.torn.clear()
        if not self.final:
            self.kinds.append(frame.kind)
            self.offsets.append(self.index.logical)
            self.index.add(frame, frame.hash)
            if len(self.index.rows[0]) > LIMIT["max-uncovered"]:  # [B-IDX-5]
                if not self.state.lost:
                    self.fault(frame, "index-due")
                self.lose(final=True)
        if self.tree.known:
            self.tree.push(frame.hash)
        self.previous, self.next, self.last_kind = frame.hash, number + 1, frame.kind
        self.count += 1
        frame.body = None
        if frame.kind in (11, 12):
            self.snapshots[number + 1] = copy.copy(self.state)

    def content(self, frame, body):
        """[B-DMG-6]: from the body's bytes to what it says."""
        if body is None or (frame.kind == 5 and self.stop_before(frame.plain)):
            return None
        body = decode(frame.codec, body, frame.plain)
        if frame.kind == 5:
            self.plain += frame.plain
            return body
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
        """It goes when its owner is refused, or when the session that withdraws it is not."""
        claim, effect, meaning = CODES[code]
        if len(self.findings) >= MAX_FINDINGS:  # [B-DMG-9]
            self.dropped += 1
            self.effects.add((claim, effect))
            return None
        self.findings.append({
            "code": code, "claim": claim, "effect": effect, "record": record, "volume": place[0],
            "offset": place[1], "length": length, "item": item, "message": meaning,
            "owner": owner, "withdrawn": -1})
        return self.findings[-1]

    def fault(self, frame, code, length=None):
        owner = -1 if code in KEPT else frame.number
        self.finding(code, frame.number, (frame.volume, frame.at), length, frame.shown, owner)

    def lose(self, final=False):
        self.state.lost, self.final, self.session = True, self.final or final, None

    def note_receipt(self):
        if self.tree.known and self.tree.size in self.wanted:
            self.wanted[self.tree.size] = (self.tree.root(), self.state.branch)

    def note_withheld(self, frame):
        self.withheld_bytes += frame.stored
        if self.withheld and sum(self.withheld[-1]) == frame.number:
            self.withheld[-1][1] += 1
        else:
            self.withheld.append([frame.number, 1])
