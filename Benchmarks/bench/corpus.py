"""The corpus: what an examiner meets, made the same way each time from what the machine has.

a  an ext4 image, two thirds of it files of this system, the rest free space that holds zeros
b  bytes that do not compress
c  half of it lines of logs, half of it packets of a capture
d  a tree of small files
e  Debian's forensic samples: small file systems of seven kinds
"""

import json
import lzma
import os
import pathlib
import random
import shutil
import stat
import struct
import subprocess

MIB = 1 << 20
CHUNK = 256 << 10
SYSTEM = ["/usr/bin", "/usr/sbin", "/usr/lib/x86_64-linux-gnu", "/usr/include", "/usr/share"]
SMALL = ["/usr/share", "/usr/include", "/usr/lib/python3", "/usr/lib/python3.11", "/usr/lib/x86_64-linux-gnu"]
SAMPLES = pathlib.Path("/usr/share/forensics-samples")
EPOCH = 1_600_000_000
FULL = {"a": 2048 * MIB, "used": 1_450_000_000, "b": 1024 * MIB, "c": 1024 * MIB, "d": 20_000, "large": 200_000_000, "e": 7}
QUICK = {"a": 24 * MIB, "used": 14_000_000, "b": 8 * MIB, "c": 8 * MIB, "d": 300, "large": 3_000_000, "e": 1}


class Part:
    """One part of the corpus: a file, or a folder of files."""

    def __init__(self, letter, path, facts):
        self.letter, self.path, self.facts = letter, path, facts

    @property
    def is_tree(self):
        return self.path.is_dir()

    @property
    def bytes(self):
        return self.facts["bytes"]

    def files(self):
        return sorted(p for p in self.path.rglob("*") if p.is_file()) if self.is_tree else [self.path]


def make(folder, quick=False):
    """Makes what is missing in the folder; gives the parts by their letters."""
    folder.mkdir(parents=True, exist_ok=True)
    sizes = QUICK if quick else FULL
    makers = {
        "a": ("a-disk.img", make_disk),
        "b": ("b-random.bin", make_random),
        "c": ("c-logs.bin", make_logs),
        "d": ("d-tree", make_tree),
        "e": ("e-samples", make_samples),
    }
    parts = {}
    for letter, (name, maker) in makers.items():
        path, facts = folder / name, folder / f"{name}.json"
        if not facts.exists():
            print(f"corpus: {name}", flush=True)
            remove(path)
            if not maker(path, sizes):
                continue
            facts.write_text(json.dumps(measure(path)) + "\n")
        parts[letter] = Part(letter, path, json.loads(facts.read_text()))
    return parts


def remove(path):
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def measure(path):
    """How many files and bytes there are, and how many of the bytes lie in chunks that are not all zeros."""
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    zeros, facts = bytes(CHUNK), {"files": len(files), "bytes": 0, "nonzero": 0}
    for file in files:
        with open(file, "rb") as stream:
            while chunk := stream.read(CHUNK):
                facts["bytes"] += len(chunk)
                facts["nonzero"] += len(chunk) if chunk != zeros[: len(chunk)] else 0
    return facts


def regular_files(folders):
    """Paths and sizes of the regular files beneath, in the order of their paths; never of the samples."""
    for folder in folders:
        for place, folders_below, names in os.walk(folder):
            folders_below.sort()
            if place.startswith(str(SAMPLES)):
                continue
            for name in sorted(names):
                path = os.path.join(place, name)
                state = os.lstat(path)
                if stat.S_ISREG(state.st_mode) and os.access(path, os.R_OK):
                    yield path, state.st_size


def copy(files, to):
    """Copies files to the same paths beneath a folder, with one time for all of them."""
    for path in files:
        target = to / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        os.utime(target, (EPOCH, EPOCH))


def make_disk(path, sizes):
    chosen, used = [], 0
    for file, size in regular_files(SYSTEM):
        if size < sizes["used"] // 8 and used + size <= sizes["used"]:
            chosen.append(file)
            used += size
    tree, sparse = path.with_suffix(".tree"), path.with_suffix(".sparse")
    remove(tree)
    copy(chosen, tree)
    with open(sparse, "wb") as image:
        image.truncate(sizes["a"])
    uuid = "b0000000-0000-4000-8000-00000000000a"
    options = f"hash_seed={uuid},lazy_itable_init=0,lazy_journal_init=0"
    command = ["/sbin/mke2fs", "-q", "-F", "-t", "ext4", "-b", "4096", "-i", "8192", "-m", "0", "-U", uuid, "-E", options]
    subprocess.run([*command, "-d", tree, sparse], check=True, env={**os.environ, "E2FSPROGS_FAKE_TIME": str(EPOCH)})
    remove(tree)
    # Without holes: no tool shall gain from asking the file system where they are.
    subprocess.run(["cp", "--sparse=never", sparse, path], check=True)
    sparse.unlink()
    return True


def make_random(path, sizes):
    numbers = random.Random(2)
    with open(path, "wb") as out:
        for _ in range(sizes["b"] // MIB):
            out.write(numbers.randbytes(MIB))
    return True


def make_logs(path, sizes):
    numbers = random.Random(3)
    with open(path, "wb") as out:
        for make_some in (log_lines, packets):
            left = sizes["c"] // 2
            for block in make_some(numbers):
                out.write(block[:left])
                left -= min(left, len(block))
                if not left:
                    break
    return True


def log_lines(numbers):
    """Blocks of lines of a mail and a web server, without end; no two alike."""
    draw, pick, second = numbers.getrandbits, numbers.choice, float(EPOCH)
    hosts = [f"srv-{kind}{i:02}" for kind in ("mail", "www", "db") for i in range(12)]
    agents = [f"Mozilla/5.0 (Windows NT 10.0; rv:{v}.0) Gecko/20100101 Firefox/{v}.0" for v in range(90, 130)]
    places = [f"/{area}/{word}" for area in ("shop", "api/v2", "img", "docs") for word in range(1000, 1500)]
    while True:
        lines = []
        for _ in range(20_000):
            second += numbers.random() / 40
            host, kind, a = pick(hosts), draw(3), draw(32)
            address = f"{a >> 24}.{a >> 16 & 255}.{a >> 8 & 255}.{a & 255}"
            if kind < 5:
                lines.append(
                    f'{second:.3f} {host} httpd: {address} "GET {pick(places)}?s={draw(40):x}" '
                    f'{pick((200, 200, 200, 304, 404))} {draw(16)} "{pick(agents)}"\n'
                )
            elif kind < 7:
                lines.append(f"{second:.3f} {host} postfix/smtpd[{draw(15)}]: connect from unknown[{address}], id {draw(36):09X}\n")
            else:
                lines.append(f"{second:.3f} {host} kernel: drop IN=eth0 SRC={address} DST=10.1.{draw(8)}.{draw(8)} DPT={draw(16)}\n")
        yield "".join(lines).encode()


def packets(numbers):
    """Blocks of a capture in pcap's form, without end: pages, encrypted bytes and bare acknowledgements."""
    draw, micros = numbers.getrandbits, EPOCH * 1_000_000
    page = b"<html><body>" + b'<p class="t">Text of a page that repeats itself.</p>' * 24 + b"</body></html>"
    yield struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    while True:
        block = []
        for _ in range(5_000):
            kind = numbers.random()
            if kind < 0.55:
                body = b"HTTP/1.1 200 OK\r\nETag: %x\r\n\r\n" % draw(64) + page[: numbers.randint(80, 1200)]
            else:
                body = numbers.randbytes(numbers.randint(60, 1400)) if kind < 0.8 else b""
            micros += draw(10)
            internet = struct.pack(">BBHHHBBHII", 0x45, 0, 40 + len(body), draw(16), 0x4000, 64, 6, draw(16), draw(12), draw(12))
            transport = struct.pack(">HHIIHHHH", 443, draw(16), draw(32), draw(32), 0x5018, 501, draw(16), 0)
            frame = b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + internet + transport + body
            block.append(struct.pack("<IIII", micros // 1_000_000, micros % 1_000_000, len(frame), len(frame)) + frame)
        yield b"".join(block)


def make_tree(path, sizes):
    """Files below 256 KiB, drawn from this system; where it has too few, written."""
    files = [(file, size) for file, size in regular_files(SMALL) if size < 256 << 10]
    numbers = random.Random(4)
    numbers.shuffle(files)
    chosen, used = [], 0
    for file, size in files:
        if size >= 32 << 10 and used + size <= sizes["large"]:
            chosen.append(file)
            used += size
    small = [file for file, size in files if size < 32 << 10]
    chosen += small[: sizes["d"] - len(chosen)]
    copy(sorted(chosen), path)
    lines = log_lines(numbers)
    for missing in range(sizes["d"] - len(chosen)):
        target = path / "written" / f"{missing // 500:03}" / f"{missing % 500:03}.log"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(next(lines)[: numbers.randint(100, 20_000)] if missing % 50 == 0 else numbers.randbytes(2_000).hex().encode())
    return True


def make_samples(path, sizes):
    found = sorted(SAMPLES.glob("fs.*.xz"), key=lambda p: (p.stat().st_size, p))[: sizes["e"]]
    for packed in found:
        path.mkdir(exist_ok=True)
        with lzma.open(packed) as stream, open(path / packed.stem, "wb") as out:
            shutil.copyfileobj(stream, out, MIB)
    return bool(found)
