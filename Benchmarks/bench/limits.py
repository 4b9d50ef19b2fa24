"""What the machine allows: limits, computed from parts that were measured alone on one core in the same run."""

import json
import statistics
import subprocess

INFLATERS = ("inflate-product", "inflate-zlib", "inflate-isal", "inflate-libdeflate")
RECORD = ("frame-encode", "record-hash", "tree-append", "payload-digest-200", "index-append", "cbor-encode-item")
READ_RECORD = ("frame-decode", "record-hash", "tree-append", "payload-digest-200", "index-append", "cbor-decode-item")


class Parts:
    """Speeds in MB/s and times in ns, by name; medians of all rounds."""

    def __init__(self):
        self.values, self.units = {}, {}

    def measure(self, bench, arguments, quick=False):
        command = [bench, *(["--quick"] if quick else []), *map(str, arguments)]
        for line in subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines():
            result = json.loads(line)
            if "value" in result:
                self.values.setdefault(result["name"], []).append(result["value"])
                self.units[result["name"]] = result["unit"]

    def __getitem__(self, name):
        return statistics.median(self.values[name])

    def __contains__(self, name):
        return name in self.values

    def seconds(self, name, count):
        """Of one core, for so many bytes or operations."""
        return count / self[name] / 1e6 if self.units[name] == "MB/s" else count * self[name] / 1e9

    @property
    def inflater(self):
        """The fastest decoder here, whether the product uses it or not."""
        return max((name for name in INFLATERS if name in self), key=lambda name: self[name])


def limit(terms, cores, alone=0.0):
    """The least seconds of the clock: all cores busy, and no less than what one core must do alone."""
    return {"terms": terms, "cpu": sum(terms.values()), "wall": max(sum(terms.values()) / cores, alone)}


def deflate(parts, facts, many):
    """Each small file has a code of its own, which takes as long to make as that of a chunk."""
    if many:
        return parts.seconds("deflate-files", facts["bytes"])
    return parts.seconds("deflate-product", facts["nonzero"])


def limits(parts, letter, facts, stored, cores):
    """Limits of the steps on one part of the corpus.

    facts: its bytes, files, and the bytes in chunks that are not zeros; stored: bytes of the bundle.
    """
    plain, files, shrinks = facts["nonzero"], facts["files"], letter != "b"
    item = parts.seconds("sha256", facts["bytes"])
    many = files > 1000
    alone = 0.0 if files > 1 else item
    # Each file has a record for its bytes and one that closes it.
    records = 2 * files if many else 0
    seal = {
        "read": parts.seconds("read-file", files) if many else parts.seconds("read", facts["bytes"]),
        "item digest": item,
        "deflate": deflate(parts, facts, many) if shrinks else 0.0,
        "payload digest": parts.seconds("sha256", stored),
        "write": parts.seconds("write", stored),
        "records": sum(parts.seconds(name, records) for name in RECORD),
    }
    verify = {
        "read": parts.seconds("read", stored),
        "payload digest": parts.seconds("sha256", stored),
        "inflate": parts.seconds(parts.inflater, plain) if shrinks else 0.0,
        "item digest": item,
        "records": sum(parts.seconds(name, records) for name in READ_RECORD),
    }
    write = parts.seconds("write-file", files) if many else parts.seconds("write", plain)
    return {
        "acquire": limit(seal, cores, alone),
        "verify": limit(verify, cores, alone),
        "verify stored": limit({"payload digest": parts.seconds("sha256", stored)}, cores),
        "extract": limit({**verify, "write": write}, cores, alone),
    }
