"""Where the time goes: `make bench-profile` samples what the cores do while Bukti seals, verifies and extracts.

perf samples the clock of the cores, which also counts where a virtual machine hides the processor's own counters.
"""

import argparse
import collections
import pathlib
import shutil
import subprocess
import sys

from . import corpus, measure, report
from .tools import ACQUIRE, EXTRACT, VERIFY, Bukti

FREQUENCY = 997
# By library and symbol, the first that fits; what is left is Bukti's own, by where it lies.
KINDS = [
    ("SHA-256, signatures", "libcrypto", ""),
    ("SHA-256, two digests in one pass", "bukti", "bukti_pair_"),
    ("DEFLATE, encoding", "libisal", ""),
    ("DEFLATE, encoding", "libz", ""),
    ("DEFLATE, decoding", "bukti", "] decode_"),
    ("DEFLATE, decoding", "bukti", "] bukti_tables"),
    ("DEFLATE, decoding", "bukti", "] bukti_inflate"),
    ("copying in from the page cache", "kernel", "copy_to_iter"),
    ("copying out to the page cache", "kernel", "copy_folio_from_iter"),
    ("copying out to the page cache", "kernel", "copy_page_from_iter"),
    ("memory: clearing and mapping pages", "kernel", "clear_"),
    ("memory: clearing and mapping pages", "kernel", "fault"),
    ("the system, otherwise", "kernel", ""),
    ("allocation and copies in memory", "libc.so", ""),
    ("the Swift runtime", "libswift", ""),
    ("Bukti's own code", "bukti", ""),
]


def kind(library, symbol):
    """What a sample counts for."""
    return next((name for name, part, word in KINDS if part in library and word in symbol), "other libraries")


def record(command, folder):
    """Seconds of cores by kind. Those of the clock would be perf's as well."""
    samples = folder / "perf.data"
    measure.run(f"perf record --quiet --event cpu-clock --freq {FREQUENCY} --output {samples} -- bash -c '{command}'", folder)
    listing = subprocess.run(
        ["perf", "report", "--input", samples, "--stdio", "--fields", "sample,dso,symbol", "--field-separator", "|"],
        check=True, capture_output=True, text=True,
    ).stdout
    seconds = collections.Counter()
    for line in listing.splitlines():
        parts = [part.strip() for part in line.split("|")]
        if len(parts) >= 3 and parts[0].isdigit():
            seconds[kind(parts[1], parts[2])] += int(parts[0]) / FREQUENCY
    samples.unlink()
    return seconds


def profile(bukti, parts, work, settle):
    """Of each step on each part: seconds by kind."""
    found = {}
    for letter, part in parts.items():
        place = work / letter
        place.mkdir(parents=True)
        commands = {
            ACQUIRE: f"cd {part.path.parent} && {bukti.seal(place / 'case.bukti', part.path.name)}",
            VERIFY: bukti.verify("case.bukti"), EXTRACT: bukti.extract("case.bukti", "out"),
        }
        for step, command in commands.items():
            settle()
            measure.warm(part.path)
            found[letter, step] = record(command, place)
    return found


def start_seconds(bukti, work):
    """Seconds of a core that a seal takes whatever it seals; nearly all of it is the password's."""
    (work / "one").write_bytes(b"1")
    return measure.run(bukti.seal("one.bukti", "one"), work).cpu


def document(found, start):
    heads = [f"({letter}) {step}" for letter, step in found]
    names = [name for name, _, _ in KINDS] + ["other libraries"]
    rows = []
    for name in dict.fromkeys(names):
        values = [seconds[name] for seconds in found.values()]
        if max(values) >= 0.01:
            rows.append([name, *(f"{value:.2f}" for value in values)])
    total = [sum(seconds.values()) for seconds in found.values()]
    rows.append(["all, s of cores", *(f"{value:.2f}" for value in total)])
    text = report.table(["", *heads], rows)
    return text + f"\nA seal of one byte takes {start:.2f} s of a core, nearly all of it to make a key of the password; it is part of each seal above, under SHA-256.\n"


def main():
    parser = argparse.ArgumentParser(prog="bench.profile", description=__doc__.splitlines()[0])
    parser.add_argument("--bukti", required=True)
    parser.add_argument("--micro", default="")
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--only", default="abd", help="parts of the corpus")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--update", action="store_true", help="write the table into PERFORMANCE.md")
    options = parser.parse_args()
    if not shutil.which("perf"):
        sys.exit("bench: perf is not installed: apt-get install linux-perf")
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    work = folder / "profile"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    parts = corpus.make(folder / ("corpus-quick" if options.quick else "corpus"), options.quick)
    bukti = Bukti(options.bukti, options.micro, folder)
    load = measure.load()
    found = profile(bukti, {letter: parts[letter] for letter in options.only if letter in parts}, work, measure.Settling(None if options.quick else folder))
    text = document(found, start_seconds(bukti, work))
    shutil.rmtree(work)
    if load > measure.BUSY:
        text += f"\n**The machine was busy with other work** ({load:.1f} cores).\n"
    print(text)
    if options.update:
        report.replace(pathlib.Path(__file__).parents[2] / "PERFORMANCE.md", "profile", text)


if __name__ == "__main__":
    main()
