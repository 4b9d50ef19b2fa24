"""Writes bundles: right by default, and wrong in exactly the place that is asked for.

Whatever is wrong in a record is hashed as it stands, and everything after it is made to fit, so that
one defect is one finding.
"""

import base64
import copy
import uuid

from . import cms
from .cbor import Raw, encode, without
from .deflate import deflate
from .frame import TYPES, Core, Record, payload_digest, preamble
from .index import Index
from .keys import signer
from .layout import Layout
from .state import HAVE_BYTES, Item, State
from .tree import sha256

TIME = [1709294400000000000, 0, "fixed", False]
WHO = {1: "Example Examiner", 3: "Example Police Forensic Unit"}
TOOL = {1: "testvectors", 2: "1"}
AUTHORITY = {1: "order", 2: "EX-2024-1"}
EXEMPT = (TYPES["session"], TYPES["attest"], TYPES["tail"], TYPES["seal"], TYPES["index"])


class Bundle:
    """A bundle in the making."""

    def __init__(self, seed, genesis=True, session=True, auto_index=True, **options):
        self.seed = seed.encode()
        self.id = sha256(b"bundle " + self.seed)[:16]
        self.uuid = str(uuid.UUID(bytes=self.id))
        self.state, self.index, self.records = State(), Index(), []
        self.snapshots, self.volume, self.salts, self.logical = {}, 0, 0, 32
        self.auto_index, self.base = auto_index, 1
        self.preambles = [preamble(self.id)]
        self.previous = sha256(self.preambles[0])
        self.all_seals = []
        self.attest_kinds = {}
        if genesis:
            self.genesis()
        if session:
            self.session(**options)

    # --- records ---

    def salt(self):
        self.salts += 1
        return sha256(b"salt " + self.seed + b" %d" % self.salts)[:16]

    @property
    def next(self):
        return len(self.records)

    def append(self, kind, content, /, *, codec=0, stored_body=None, tweak=None, **core):
        """Appends one record. `core` replaces fields of the core, `tweak` bytes of the frame."""
        number_type = TYPES.get(kind, kind)
        if self.auto_index and number_type not in EXEMPT:
            self.write_due()
        self.remember(number_type)
        plain = bytes(content) if isinstance(content, (bytes, bytearray)) else encode(content)
        body, length = plain, len(plain)
        if codec == 1:
            body = deflate(plain)
        if codec == 2:
            body = b""
        if stored_body is not None:
            body = stored_body
        salt = self.salt()
        fields = dict(bundle_id=self.id, type=number_type, codec=codec, number=len(self.records),
                      plain=length, stored=16 + len(body), digest=payload_digest(salt, body),
                      previous=self.previous)
        fields.update(core)
        record = Record(Core(**fields), salt, body, plain, self.volume, self.logical, tweak or {})
        self.records.append(record)
        self.index.add(record)
        self.previous = record.hash
        self.logical += 152 + (record.core.stored if record.core.stored < 1 << 63 else 16 + len(body))
        return record

    def remember(self, number_type):
        """Keeps the state at each place where refused records may begin."""
        n = len(self.records)
        last = self.records[-1].type if self.records else 0
        boundary = number_type == TYPES["session"] or n == self.base or last in (11, 12)
        if boundary and n not in self.snapshots:
            self.snapshots[n] = copy.deepcopy(self.state)

    def write_due(self):
        while (due := self.index.due()) is not None:
            self.write_index(*due)

    def write_index(self, level, block, body=None, **core):
        content = self.index.body(level, block) if body is None else body
        record = self.append("index", content, **core)
        self.index.written(record, level, block)
        return record

    def genesis(self, body=None, **core):
        value = {1: {1: "EX-2024-1", 2: "Example case", 3: "Example Police"}, 2: WHO, 3: TOOL,
                 4: "sha256", 5: TIME}
        value.update(body or {})
        return self.append("genesis", value, **core)

    # --- sessions ---

    def session(self, policy=("examiner",), needed=None, stamp=1, run=None, adopt=None,
                refuse=None, branch=None, digests=None, torn=None, change=None, drop=(), **core):
        """A session: `adopt` and `refuse` are None, a reason for all, or (first, count, reason)."""
        s = len(self.records)
        self.remember(TYPES["session"])
        body = {1: WHO, 2: "acquisition", 4: {1: "host"}, 5: TOOL, 7: TIME}
        body[12] = self.policy(policy, needed, stamp, run)
        seal = self.state.seals[-1] if self.state.seals else None
        if seal:
            body[8] = {1: seal["size"], 2: seal["root"], 3: seal["signers"], 4: 2}
        first = self.base
        if adopt:
            adopt = (first, s - first, adopt) if isinstance(adopt, str) else adopt
            body[9] = dict(zip((1, 2, 3), adopt))
        if refuse:
            refuse = (first, s - first, refuse) if isinstance(refuse, str) else refuse
            body[10] = dict(zip((1, 2, 3), refuse))
        if torn:
            body[11] = dict(zip((1, 2, 3), torn))
        if branch:
            body[13] = branch
        if digests:
            body[14] = list(digests)
        body.update(change or {})
        record = self.append("session", without(body, *drop), **core)
        if refuse and refuse[0] in self.snapshots:
            self.state = copy.deepcopy(self.snapshots[refuse[0]])
        self.in_force(s, body, branch, digests)
        return record

    def in_force(self, number, body, branch=None, digests=None):
        self.state.session, self.state.policy = number, body[12]
        self.state.digests = tuple(digests or ())
        if branch:
            self.state.branch = branch

    def policy(self, names, needed=None, stamp=1, run=None):
        out = {1: sorted(signer(n).fingerprint for n in names), 2: needed or len(names), 3: stamp}
        if run:
            out[4] = signer(run).fingerprint
        return out

    # --- items ---

    def item_of(self, item, **fields):
        """The item, begun now if it is not in use."""
        if item not in self.state.items:
            self.state.items[item] = Item(item, len(self.records),
                                          (1,) + self.state.digests, **fields)
            self.state.next_id = max(self.state.next_id, item + 1)
        return self.state.items[item]

    def open(self, item=None, kind=1, name=b"item", resume=None, supplements=None, change=None,
             **core):
        self.prepare()
        item = item or self.state.next_id
        body = {1: kind, 2: name}
        if resume is True:
            resume = {1: self.state.items[item].end, 2: 0, 3: True, 4: "serial number"}
        if resume:
            body[5] = resume
        if supplements:
            body[6] = supplements
        body.update(change or {})
        i = self.item_of(item)
        i.kind, i.name, i.supplements = kind, name, supplements
        return self.append("item-open", body, **{"item": item, **core})

    def data(self, content, item=None, codec=0, core_item=None, **core):
        """A data record; `content` may be a number of zeros (a zero run). `core_item` is what its
        core says of the item, if that is another."""
        item = item or self.latest_open()
        if isinstance(content, int):
            codec, content = 2, bytes(content)
        self.prepare()
        i = self.item_of(item)
        record = self.append("data", content, codec=codec,
                             **{"item": item if core_item is None else core_item, "offset": i.end, **core})
        i.take(content)
        return record

    def prepare(self):
        """What comes before the record that changes the state: index blocks and a snapshot."""
        if self.auto_index:
            self.write_due()
        self.remember(0)

    def gap(self, length, item=None, kind=1, body=None, **core):
        item = item or self.latest_open()
        self.prepare()
        i = self.item_of(item)
        value = {1: length, 2: kind}
        value.update({3: 5, 4: 3} if kind == 1 else {5: "not in the order"})
        record = self.append("gap", value if body is None else body,
                             **{"item": item, "offset": i.end, **core})
        i.skip(length)
        return record

    def latest_open(self):
        rows = self.state.open_rows()
        return rows[-1][0] if rows else self.state.next_id

    def close_item(self, item=None, kind=None, name=None, state=1, change=None, drop=(), **core):
        """The item record."""
        item = item or self.latest_open()
        self.prepare()
        i = self.item_of(item)
        i.kind, i.name = kind or i.kind, name or i.name or b"item"
        body = {1: i.kind, 2: i.name, 3: i.end, 4: state}
        change = change or {}
        if i.kind in HAVE_BYTES and state < 4 and 12 not in change:
            body[5] = i.digests()
            i.has_bytes = True
        if i.supplements:
            body[14] = i.supplements
        if state > 1:
            body[16] = "reason"
        body.update(change)
        body = without(body, *drop)
        record = self.append("item", body, **{"item": item, **core})
        i.closed, i.record, i.size = True, record.number, body.get(3, i.end)
        self.state.unnamed.append((item, record.number, i.name, i.kind, i.size))
        return record

    def file(self, name, content, chunk=None, **close):
        """An item with its data records and its item record."""
        item = self.state.next_id
        step = chunk or max(len(content), 1)
        for at in range(0, len(content), step):
            self.data(content[at:at + step], item)
        return self.close_item(item, kind=1, name=name, **close)

    def names(self, rows=None, change=None, body=None, **core):
        self.prepare()
        value = {1: [list(r) for r in self.state.unnamed] if rows is None else rows}
        if self.state.names is not False:
            value[2] = self.state.names
        value.update(change or {})
        value = {k: v for k, v in value.items() if v is not None}
        record = self.append("names", value if body is None else body, **core)
        self.state.unnamed, self.state.names = [], record.number
        return record

    # --- the rest ---

    def note(self, text="note", change=None, **core):
        return self.append("note", {1: text, **(change or {})}, **core)

    def event(self, kind=1, party=None, covers=None, change=None, **core):
        body = {1: kind, 2: TIME, 3: [WHO]}
        if party:
            body[11] = signer(party).fingerprint
        if covers:
            body[12] = {1: covers.number, 2: self.seal_of(covers)["root"], 3: covers.hash}
        body.update(change or {})
        self.state.events += 1
        return self.append("event", body, **core)

    def seal_of(self, record):
        return next(s for s in self.all_seals if s["record"] == record.number)

    def close(self, **core):
        record = self.append("close", {1: "finished", 2: WHO, 3: TIME}, **core)
        self.state.closed = True
        return record

    def tail(self, change=None, state=None, **core):
        s = self.state
        body = self.index.tail(self.logical)
        body[7] = {1: s.next_id, 2: s.open_rows(), 3: s.closed,
                   4: [list(r[:2]) for r in s.unnamed], 5: s.session, 6: s.names, 7: s.withhold,
                   8: s.branch}
        body[7].update(state or {})
        body.update(change or {})
        return self.append("tail", body, **core)

    def checkpoint(self, size=None, root=None):
        origin = f"bukti/1/{self.uuid}"
        if self.state.branch:
            origin += "/" + self.state.branch.hex()
        root = root or self.index.tree.root()
        size = len(self.records) if size is None else size
        return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n".encode()

    def seal(self, signers=("examiner",), tail=True, checkpoint=None, signatures=None,
             body=None, **core):
        """A tail and a seal."""
        if tail:
            self.tail()
        n, root = len(self.records), self.index.tree.root()
        point = self.checkpoint() if checkpoint is None else checkpoint
        if signatures is None:
            signatures = [cms.signed_data(point, signer(s)) for s in signers]
        record = self.append("seal", {1: point, 2: signatures} if body is None else body, **core)
        entry = dict(record=n, size=n, root=root, checkpoint=point, signatures=signatures,
                     session=self.state.session,
                     signers=sorted(signer(s).fingerprint for s in signers) or [bytes(32)])
        self.all_seals.append(entry)
        self.state.seals.append(entry)
        self.base = len(self.records)
        return record

    def attest(self, seal, kind=1, data=None, signature=0, change=None, drop=(), right=True, **core):
        """An attest; one that is not `right` does not move the base."""
        entry = self.seal_of(seal)
        own = kind in (1, 5, 6, 7)
        target = entry["signatures"][signature] if own else entry["checkpoint"]
        if data is None:
            data = [cms.time_stamp_token(signer("tsa"), target)] if kind == 1 else [b"example"]
        body = {1: seal.number, 2: seal.hash, 3: kind, 4: sha256(target), 5: data}
        if own:
            body[6] = signature
        body.update(change or {})
        record = self.append("attest", without(body, *drop), **core)
        self.attest_kinds[record.number] = kind
        if right and self.base == record.number:
            self.base += 1
        return record

    def withhold(self, *runs, body=None, **core):
        """Runs of (first, last) record numbers; or rows of four, as they are."""
        rows = []
        for r in runs:
            first, last = self.records[r[0]], self.records[r[1]]
            rows.append([r[0], r[1] - r[0] + 1, first.logical,
                         last.logical + 152 + last.core.stored])
        value = {1: "privileged", 2: AUTHORITY, 3: WHO, 4: "defence", 5: "names", 6: rows, 7: TIME}
        value.update(body or {})
        record = self.append("withhold", value, **core)
        self.state.withhold = record.number
        return record

    def new_volume(self, **fields):
        self.volume += 1
        self.preambles.append(preamble(self.id, self.volume) if not fields else
                              preamble(**{"bundle_id": self.id, "volume": self.volume, **fields}))

    def layout(self, withheld=()):
        """The volumes as pieces, which can still be cut and changed."""
        return Layout(self, frozenset(withheld))


__all__ = ["Bundle", "Raw", "TIME", "WHO", "TOOL", "AUTHORITY"]
