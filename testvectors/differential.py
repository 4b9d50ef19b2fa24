"""Mutated bundles through both verifiers: every difference is a bug in one of them, or in the spec.

    python3 -m testvectors.differential --bukti .build/release/bukti --count 2000

A mutation is blind (bits, bytes, ranges) or knows frames: it changes a record and hashes everything after it
anew, so that checks deeper than the chain are reached. What differs is kept in --keep for a look.
"""
import argparse
import hashlib
import io
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "spec", "verify"))
import bukti  # noqa: E402  the independent verifier
from bukti import cms  # noqa: E402
from bukti.log import Logs  # noqa: E402
from testvectors import signatures  # noqa: E402

MARK = bytes.fromhex("f7b14b9ed3c508")
LARGEST = 60_000


# Frames, as far as a mutation needs them.

def split(data):
    """Volume 0 as [preamble, frame, frame, ...]; None where frames do not tile it."""
    parts, at = [data[:32]], 32
    while at < len(data):
        if data[at:at + 7] != MARK or at + 152 > len(data):
            return None
        stored = struct.unpack(">Q", data[at + 64:at + 72])[0] if data[at + 7] == 0x3C else 0
        if stored > len(data) or at + 152 + stored > len(data):
            return None
        parts.append(data[at:at + 152 + stored])
        at += 152 + stored
    return parts


def seal_up(header, payload, previous, number):
    """A frame with its lengths, digest, chain, CRC and trailer made right again."""
    header = bytearray(header)
    if header[7] == 0x3C:
        stored = len(payload)
        if header[25] == 0 and stored >= 16:
            header[56:64] = struct.pack(">Q", stored - 16)
        header[64:72] = struct.pack(">Q", stored)
        header[72:104] = hashlib.sha256(payload[:16] + bytes(48) + payload[16:]).digest()
    header[32:40] = struct.pack(">Q", number)
    header[104:136] = previous
    header[136:140] = struct.pack(">I", zlib.crc32(bytes(header[:136])))
    return bytes(header) + payload + struct.pack(">Q", 152 + len(payload))


def chain(parts, start):
    """Hashes all frames from number `start` anew."""
    for number in range(start, len(parts) - 1):
        before = parts[number]
        previous = hashlib.sha256(before if number == 0 else b"\0" + before[8:136]).digest()
        frame = parts[number + 1]
        parts[number + 1] = seal_up(frame[:144], frame[144:-8], previous, number)
    return b"".join(parts)


# Mutations.

def flip(rng, data):
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1:]


def overwrite(rng, data):
    at = rng.randrange(len(data))
    return data[:at] + rng.randbytes(rng.choice([1, 2, 8, 40])) + data[at:][rng.choice([1, 2, 8, 40]):]


def truncate(rng, data):
    return data[:rng.randrange(len(data) + 1)]


def delete(rng, data):
    at = rng.randrange(len(data))
    return data[:at] + data[at + rng.choice([1, 8, 152, 400]):]


def repeat(rng, data):
    at, count = rng.randrange(len(data)), rng.choice([1, 16, 152, 600])
    return data[:at] + data[at:at + count] + data[at:]


def grow(rng, data):
    return data + rng.choice([rng.randbytes(rng.randrange(1, 300)), data[32:], data[-200:], bytes(100)])


def frames(rng, data):
    """Delete, swap, repeat or move whole frames, hashed anew or not."""
    parts = split(data)
    if not parts or len(parts) < 4:
        return flip(rng, data)
    a, b = rng.randrange(1, len(parts)), rng.randrange(1, len(parts))
    kind = rng.randrange(4)
    if kind == 0:
        del parts[a]
    elif kind == 1:
        parts[a], parts[b] = parts[b], parts[a]
    elif kind == 2:
        parts.insert(b, parts[a])
    else:
        parts.insert(b, parts.pop(a))
    return chain(parts, 0) if rng.random() < 0.6 else b"".join(parts)


def core(rng, data):
    """A byte of a core, hashed anew."""
    parts = split(data)
    if not parts or len(parts) < 2:
        return flip(rng, data)
    number = rng.randrange(len(parts) - 1)
    frame = bytearray(parts[number + 1])
    at = rng.choice([7, 24, 25, 26, 27, 28, 31, 40, 47, 48, 54, 55, 56, 62, 63, 70, 71, rng.randrange(8, 136)])
    frame[at] = rng.choice([frame[at] ^ 1 << rng.randrange(8), rng.randrange(256), 0, 1, 2, 0xC3])
    parts[number + 1] = bytes(frame)
    if rng.random() < 0.5:
        return chain(parts, number)
    frame[136:140] = struct.pack(">I", zlib.crc32(bytes(frame[:136])))
    parts[number + 1] = bytes(frame)
    return b"".join(parts)


def body(rng, data):
    """A few bytes of a stored body, hashed anew: CBOR, shape and meaning."""
    parts = split(data)
    if not parts or len(parts) < 2:
        return flip(rng, data)
    number = rng.randrange(len(parts) - 1)
    frame = parts[number + 1]
    payload = bytearray(frame[144:-8])
    if len(payload) <= 16:
        return flip(rng, data)
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        at = rng.randrange(16, len(payload))
        kind = rng.randrange(6)
        if kind == 0:
            del payload[at]
        elif kind == 1:
            payload.insert(at, rng.choice([0, 1, 0x20, 0x40, 0x60, 0x80, 0xA0, 0xF4, 0xFF, rng.randrange(256)]))
        elif kind == 2:
            payload[at] = (payload[at] + rng.choice([1, -1])) % 256
        else:
            payload[at] ^= 1 << rng.randrange(8)
        if len(payload) <= 16:
            break
    parts[number + 1] = frame[:144] + bytes(payload) + frame[-8:]
    return chain(parts, number)


def signature(rng, data):
    """An element of a seal's CMS, signed and hashed anew."""
    parts = split(data)
    seals = [n for n, part in enumerate(parts or ()) if part[7:8] == b"\x3c" and part[24:25] == bytes([signatures.SEAL])]
    if not seals:
        return flip(rng, data)
    number = rng.choice(seals)
    frame = parts[number]
    try:
        changed = signatures.mutate_body(rng, frame[160:-8])
    except IndexError:  # a seal that is wrong already
        changed = None
    if changed is None:
        return flip(rng, data)
    parts[number] = frame[:160] + changed + frame[-8:]
    return chain(parts, number - 1)


def log_proof(rng, data):
    """A character or a line of a log proof, hashed anew."""
    parts = split(data)
    found = [n for n, part in enumerate(parts or ())
             if part[7:8] == b"\x3c" and part[24:25] == b"\x0d" and PROOF in part]
    if not found:
        return flip(rng, data)
    number = rng.choice(found)
    frame = parts[number]
    at = frame.index(PROOF)
    text = frame[at:-8]
    width = 1 + (len(text) > 23) + (len(text) > 255) + 2 * (len(text) > 65535)
    lines = text.split(b"\n")
    a, b = rng.randrange(len(lines)), rng.randrange(len(lines))
    kind = rng.randrange(6)
    if kind == 0:
        del lines[a]
    elif kind == 1:
        lines.insert(b, lines[a])
    elif kind == 2:
        lines[a], lines[b] = lines[b], lines[a]
    elif lines[a]:
        line, place = bytearray(lines[a]), rng.randrange(len(lines[a]))
        line[place:place + rng.choice([0, 1, 1])] = rng.choice(PIECES)
        lines[a] = bytes(line)
    changed = b"\n".join(lines)
    head = (b"\x5a" + struct.pack(">I", len(changed)))
    for size, first, form in ((65535, b"\x59", ">H"), (255, b"\x58", ">B")):
        if len(changed) <= size:
            head = first + struct.pack(form, len(changed))
    if len(changed) < 24:
        head = bytes([0x40 + len(changed)])
    parts[number] = frame[:at - width] + head + changed + frame[-8:]
    return chain(parts, number - 1)


PROOF = b"c2sp.org/tlog-proof@v1"
PIECES = [b"", b"0", b"1", b"7", b"A", b"/", b"+", b"=", b" ", b"\r", b"\n", b"\x7f", b"\xff", "\u2014".encode(),
          "\u00a0".encode(), "\u0301".encode()]


def twice(rng, data):
    return rng.choice(SINGLE)(rng, rng.choice(SINGLE)(rng, data) or b"\0")


SINGLE = [flip, overwrite, truncate, delete, repeat, grow, frames, core, body, body, core]
ALL = SINGLE + [twice, body, frames, signature, log_proof]


# Two verifiers.

class CachedTrust(cms.Trust):
    """openssl is a process for each question, and most mutations leave the seals as they were."""

    answers = {}

    def one_cms(self, content, data):
        key = (bytes(content), bytes(data), frozenset(self.pins))
        if key not in self.answers:
            self.answers[key] = super().one_cms(content, data)
        return [dict(entry) for entry in self.answers[key]]


def comparable(report):
    """What two verifiers must agree on (spec 11.6)."""
    return {
        "bundle": report["bundle"], "claims": report["claims"], "receipts": report["receipts"],
        "log-proofs": [{k: v for k, v in log.items() if k != "reason"} for log in report["log-proofs"]],
        "findings": [[f[k] for k in ("code", "claim", "effect", "record", "volume", "offset", "length", "item")]
                     for f in report["findings"]],
        "dropped": report.get("findings-dropped", 0),
        "seals": [[s["record"], s["size"], s["root"], s["status"],
                   [[x["certificate"], x["mathematics"], x["counts"], x["trust"]] for x in s["signatures"]],
                   [[x["record"], x["certificate"], x["mathematics"], x["trust"]]
                    for x in s.get("counter-signatures", ())]]
                  for s in report["seals"]],
    }


def python_report(data, trust, logs):
    try:
        return comparable(bukti.verify([io.BytesIO(data)], trust, logs=logs)[0])
    except bukti.Refused as refused:
        return {"refused": str(refused)}


def swift_reports(command, paths, pins, keys):
    arguments = [command, "verify", "--json-lines", "--quiet", *keys]
    for pin in pins:
        arguments += ["--pin", pin]
    done = subprocess.run(arguments + paths, capture_output=True, text=True,
                          env=dict(os.environ, SWIFT_BACKTRACE="enable=no"))
    lines = done.stdout.splitlines()
    if len(lines) != len(paths):
        return None, "exit %d after %d of %d bundles: %s" % (
            done.returncode, len(lines), len(paths), done.stderr[-2000:])
    reports = []
    for line in lines:
        report = json.loads(line)
        reports.append({"refused": report["refused"]} if "refused" in report else comparable(report))
    return reports, None


def difference(one, other):
    for key in sorted(set(one) | set(other)):
        if one.get(key) != other.get(key):
            return "%s\n    swift:  %s\n    python: %s" % (
                key, json.dumps(one.get(key))[:1500], json.dumps(other.get(key))[:1500])
    return None


def log_keys(folder):
    """The keys of the vectors' log and witnesses, for either verifier."""
    with open(os.path.join(HERE, "manifest.json")) as file:
        vector = next(v for v in json.load(file)["vectors"] if v["id"] == "valid/log-cosigned-two")
    words, lines = [], []
    for name in ("log-keys", "witness-keys"):
        lines.append([key.encode() for key in vector[name]])
        for key in lines[-1]:
            path = os.path.join(folder, "%d.vkey" % len(words))
            with open(path, "wb") as file:
                file.write(key)
            words += ["--" + name[:-1], path]
    return words, Logs(*lines)


def sources():
    """Small bundles of one volume from the vectors, with the pins that they are judged by."""
    with open(os.path.join(HERE, "manifest.json")) as file:
        vectors = json.load(file)["vectors"]
    found = []
    for vector in vectors:
        if len(vector["files"]) == 1 and "refused" not in vector["expect"] and not vector.get("generated"):
            with open(os.path.join(HERE, vector["files"][0]), "rb") as file:
                data = file.read()
            if len(data) <= LARGEST:
                weight = 3 if vector["id"].startswith("valid/") else 1
                found += [(vector["id"], data, tuple(vector["pins"] or ()))] * weight
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--bukti", required=True)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=200)
    parser.add_argument("--keep", default=None, help="folder for bundles that differ")
    parser.add_argument("--only", default=None, help="one mutation instead of all")
    arguments = parser.parse_args()
    mutations = [m for m in ALL if arguments.only in (None, m.__name__)]
    rng = random.Random(arguments.seed)
    pool, differences, done = sources(), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        keys, logs = log_keys(folder)
        while done < arguments.count:
            # One process judges a batch, so that all of it has the same pins.
            pins = rng.choice(pool)[2]
            choices = [entry for entry in pool if entry[2] == pins]
            trust = CachedTrust(pins=pins)
            batch = []
            for index in range(min(arguments.batch, arguments.count - done)):
                name, data, _ = rng.choice(choices)
                mutation = rng.choice(mutations)
                path = os.path.join(folder, "%d.bukti" % index)
                mutant = mutation(rng, data) if len(data) > 40 else data
                with open(path, "wb") as file:
                    file.write(mutant)
                batch.append((path, name, mutation.__name__, mutant))
            reports, error = swift_reports(arguments.bukti, [entry[0] for entry in batch], pins, keys)
            if error:
                print("The command stopped:", error)
                return 1
            for (path, name, mutation, mutant), swift in zip(batch, reports):
                found = difference(swift, python_report(mutant, trust, logs))
                if found:
                    differences += 1
                    kept = ""
                    if arguments.keep:
                        os.makedirs(arguments.keep, exist_ok=True)
                        kept = os.path.join(arguments.keep, hashlib.sha256(mutant).hexdigest()[:12] + ".bukti")
                        with open(kept, "wb") as file:
                            file.write(mutant)
                    if differences <= 20:
                        print("%s after %s %s\n  %s" % (name, mutation, kept, found))
            done += len(batch)
            if done % 10_000 == 0:
                print("%d of %d" % (done, arguments.count), file=sys.stderr)
    print("%d mutated bundles, %d differences" % (done, differences))
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
