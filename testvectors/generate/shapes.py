"""The shape of fields that no other vector concerns: a value of another kind or out of range in each (spec 7.2)."""

from .builder import TIME, TOOL, WHO, Bundle
from .cbor import Raw
from .invalid_body import item_fields, losing, record_of, sealed, unusable
from .keys import signer
from .vector import Vector, finding

CERTIFICATE = signer("examiner").fingerprint
POLICY = {1: [CERTIFICATE], 2: 1, 3: 0}
EXTENDS = {1: 5, 2: bytes(32), 3: [CERTIFICATE], 4: 2}


def sessions():
    for tail, code, key, value, comment in (
            ("tool", "schema-missing", 5, {1: "tool"}, "A tool without version."),
            ("options", "schema-type", 6, [1], "An option that is a number."),
            ("options-text", "schema-type", 6, "--fast", "Options as text, not as an array."),
            ("extends-size", "schema-value", 8, {**EXTENDS, 1: 0}, "A session extends a seal of size 0."),
            ("extends-root", "schema-value", 8, {**EXTENDS, 2: bytes(31)}, "The root extended has 31 bytes."),
            ("extends-nobody", "schema-value", 8, {**EXTENDS, 3: []}, "The seal extended has no signers."),
            ("extends-because", "schema-value", 8, {**EXTENDS, 4: 4}, "A fourth reason to accept a seal."),
            ("adopts-zero", "schema-value", 9, {1: 1, 2: 0, 3: "x"}, "No records are adopted."),
            ("refuses-zero", "schema-value", 10, {1: 1, 2: 0, 3: "x"}, "No records are refused."),
            ("torn-zero", "schema-value", 11, {1: 0, 2: bytes(32)}, "No bytes were cut off."),
            ("torn-hash", "schema-value", 11, {1: 1, 2: bytes(31)}, "Torn bytes have a SHA-256 of 31 bytes."),
            ("policy-none", "schema-value", 12, {**POLICY, 2: 0}, "No signature is needed."),
            ("policy-certificate", "schema-value", 12, {**POLICY, 1: [bytes(33)]}, "A certificate digest of 33 bytes."),
            ("policy-run", "schema-value", 12, {**POLICY, 4: bytes(31)}, "A run certificate's digest of 31 bytes."),
            ("reason-number", "schema-type", 2, 7, "The reason as a number."),
            ("ext", "schema-type", 255, [], "An extension that is no map.")):
        b = Bundle(f"schema_session-{tail}", session=False)
        bad = b.session(change={key: value})
        b.note()
        b.seal()
        lay = b.layout()
        v = Vector(f"invalid/schema_session-{tail}", f"In a session: {comment}", ["B-CBOR-9", "B-DMG-7"])
        yield v.report(lay, [v.on(lay, code, bad)], lost=bad)


def spared():
    """Content that is read as if withheld."""
    for tail, code, change, comment in (
            ("sha-256-long", "schema-value", {5: {1: bytes(33)}}, "A SHA-256 of 33 bytes."),
            ("md5", "schema-value", {5: {1: bytes(32), 2: bytes(15)}}, "An MD5 of 15 bytes."),
            ("sha-1", "schema-value", {5: {1: bytes(32), 3: bytes(21)}}, "A SHA-1 of 21 bytes."),
            ("sha-512", "schema-value", {5: {1: bytes(32), 4: bytes(63)}}, "A SHA-512 of 63 bytes."),
            ("digest-five", "schema-key", {5: {1: bytes(32), 5: bytes(32)}}, "A fifth digest."),
            ("same-as-zero", "schema-value", {12: 0}, "A hard link to item 0."),
            ("parent-zero", "schema-value", {6: 0}, "A parent of id 0."),
            ("sector-zero", "schema-value", {13: {6: 0}}, "Sectors of 0 bytes."),
            ("mounted", "schema-type", {13: {9: 1}}, "1 where it is said whether the source was mounted."),
            ("size-text", "schema-type", {3: "4"}, "The size as text."),
            ("size-negative", "schema-type", {3: -1}, "A negative size."),
            ("span", "schema-value", {17: [TIME]}, "An acquisition that began and has no end."),
            ("ext", "schema-type", {255: "x"}, "An extension that is no map.")):
        b = sealed(f"schema_item-{tail}")
        bad = item_fields(change)(b)
        b.state.unnamed[-1] = (2, bad.number, b"b.txt", 1, 4)
        b.seal()
        lay = b.layout()
        v = Vector(f"invalid/schema_item-{tail}", f"In an item record: {comment}", ["B-CBOR-9", "B-DMG-6", "B-DMG-7"])
        yield v.report(lay, [v.on(lay, code, bad)], unusable=(2,))

    def opened(change):
        def append(b):
            record = b.open(2, name=b"b.txt", change=change)
            b.data(b"more", 2)
            b.close_item(2)
            return record
        return append

    for tail, code, change, comment in (
            ("kind-zero", "schema-value", {1: 0}, "An item-open of kind 0."),
            ("kind-text", "schema-type", {1: "file"}, "The kind as text."),
            ("name-text", "schema-type", {2: "b.txt"}, "A name as text: names are bytes."),
            ("resume-bytes", "schema-type", {5: {1: 0, 2: "0", 3: True, 4: "x"}}, "The overlap read again as text."),
            ("supplements-zero", "schema-value", {6: 0}, "It supplements item 0.")):
        b = sealed(f"schema_open-{tail}")
        bad = opened(change)(b)
        b.seal()
        lay = b.layout()
        v = Vector(f"invalid/schema_open-{tail}", comment, ["B-CBOR-9", "B-DMG-7", "B-ITM-8"])
        yield v.report(lay, [v.on(lay, code, bad)], unusable=(2,))

    event = {1: 1, 2: TIME, 3: [WHO]}
    half = {**event, 1: 3, 11: CERTIFICATE}
    covers = {1: 5, 2: bytes(32), 3: bytes(32)}
    for tail, code, body, comment in (
            ("kind-zero", "schema-value", {**event, 1: 0}, "An event of kind 0."),
            ("verified", "schema-value", {**event, 10: 4}, "A fourth outcome of verifying again."),
            ("verified-zero", "schema-value", {**event, 10: 0}, "An outcome 0 of verifying again."),
            ("party", "schema-value", {**event, 1: 2, 11: bytes(31)}, "A party's certificate of 31 bytes."),
            ("covers-size", "schema-value", {**half, 12: {**covers, 1: 0}}, "A seal of size 0 was received."),
            ("covers-root", "schema-value", {**half, 12: {**covers, 2: bytes(33)}}, "The root received has 33 bytes."),
            ("covers-hash", "schema-value", {**half, 12: {**covers, 3: b""}}, "The record hash received is empty."),
            ("covers-missing", "schema-missing", {**half, 12: {1: 5, 2: bytes(32)}}, "No record hash was received."),
            ("persons-map", "schema-type", {**event, 3: WHO}, "One person, not an array of them.")):
        yield unusable("schema", f"event-shape-{tail}", code, ["B-CBOR-9"], comment, record_of("event", body))
    yield unusable("schema", "note-ends-early", "cbor-truncated", ["B-CBOR-4"],
                   "A map says two keys and the body ends after one: the body ends too soon, before a key is missing.",
                   record_of("note", b"\xa2\x01\x62xx"))
    yield unusable("schema", "note-about-text", "schema-type", ["B-CBOR-9"], "A note about a record named by text.",
                   record_of("note", {1: "x", 2: "1"}))
    yield unusable("schema", "note-ext-key", "cbor-key-type", ["B-CBOR-6"], "In an extension, too, keys are numbers.",
                   record_of("note", {1: "x", 255: Raw(b"\xa1\x61a\x01")}))


def lost():
    """Content that cannot be spared."""
    for tail, code, body, comment in (
            ("kind-zero", "schema-value", {1: 9, 2: 0}, "A gap of kind 0."),
            ("errno-zero", "schema-value", {1: 9, 2: 1, 3: 0, 4: 1}, "An unreadable range without an error."),
            ("attempts-zero", "schema-value", {1: 9, 2: 1, 3: 5, 4: 0}, "An unreadable range that was never tried."),
            ("length-text", "schema-type", {1: "9", 2: 2, 5: "x"}, "The length as text.")):
        yield losing("schema", f"gap-{tail}", code, ["B-CBOR-9"], comment, record_of("gap", body, item=2))

    for tail, code, change, state, comment in (
            ("item-zero", "schema-value", {}, {1: 0}, "The next item id is 0."),
            ("open-257", "schema-value", {}, {2: [[n + 1, 0] for n in range(257)]}, "257 open items."),
            ("open-row", "schema-value", {}, {2: [[1]]}, "An open item without offset."),
            ("open-zero", "schema-value", {}, {2: [[0, 0]]}, "Item 0 is open."),
            ("unnamed-257", "schema-value", {}, {4: [[n + 1, 0] for n in range(257)]}, "257 items to be named."),
            ("branch", "schema-value", {}, {8: bytes(15)}, "A branch of 15 bytes."),
            ("branch-true", "schema-type", {}, {8: True}, "true where a branch or false is asked for."),
            ("session-false", "schema-type", {}, {5: False}, "false for the session in force."),
            ("levels-eight", "schema-value", {6: [{n: b"" for n in range(1, 8)}] * 8}, {}, "Rows of eight levels.")):
        b = sealed(f"schema_tail-{tail}")
        bad = b.tail(change, state)
        b.seal(tail=False)
        lay = b.layout()
        v = Vector(f"invalid/schema_tail-{tail}", f"In a tail: {comment}", ["B-CBOR-9", "B-DMG-7"])
        yield v.report(lay, [v.on(lay, code, bad)], lost=bad)

    for tail, code, change, comment in (
            ("hash", "schema-value", {2: bytes(31)}, "The seal's record hash has 31 bytes."),
            ("kind-zero", "schema-value", {3: 0}, "An attest of kind 0."),
            ("digest", "schema-value", {4: bytes(33)}, "The digest has 33 bytes."),
            ("content", "schema-type", {5: ["x"]}, "What is attested is text.")):
        b = sealed(f"schema_attest-{tail}")
        bad = b.attest(b.seal(), 5, change=change, right=False)
        lay = b.layout()
        v = Vector(f"invalid/schema_attest-{tail}", f"In an attest: {comment}", ["B-CBOR-9", "B-DMG-7"])
        yield v.report(lay, [v.on(lay, code, bad)], lost=bad, stamps=[finding("timestamp-none")])

    for tail, change, code, comment in (
            ("creator", {2: {3: "agency"}}, "schema-missing", "A creator without name."),
            ("tool", {3: TOOL[1]}, "schema-type", "The tool as text."),
            ("time", {5: [0, 0, "c", True]}, "schema-type", "true where a clock's error or false is asked for.")):
        b = Bundle(f"schema_genesis-{tail}", genesis=False, session=False)
        bad = b.genesis(change)
        b.session()
        b.seal()
        lay = b.layout()
        v = Vector(f"invalid/schema_genesis-{tail}", comment, ["B-CBOR-9", "B-DMG-7"])
        yield v.report(lay, [v.on(lay, code, bad)], lost=bad)


def vectors():
    for part in (sessions, spared, lost):
        yield from part()
