"""Time and memory against size, and against the number of items: `make bench-scale`.

The large sources are files of which every sixteenth stretch of 4 MiB holds lines of logs and the rest is a hole, so that
100 GB fit on a common disk; every byte, those of holes as well, is hashed in order, chained and sealed. The many files lie
in memory (/dev/shm): a file system on a disk would be measured instead of Bukti.
"""

import argparse
import datetime
import functools
import json
import os
import pathlib
import random
import shutil
import statistics
import sys

from . import checks, corpus, measure, plot, report
from .measure import Wrong
from .tools import ACQUIRE, EXTRACT, VERIFY, Bukti

GB = 1_000_000_000
STRETCH, EVERY = 4 << 20, 16
STEPS = (ACQUIRE, VERIFY, EXTRACT)
# Seconds that opening a bundle may take, however large it is.
OPENING = 0.05
# In MiB: 64, and 4 for each of two workers.
MEMORY = 72
# How much more than in proportion a step may take that is ten times as large.
TOLERANCE = 1.10


@functools.cache
def many_lines():
    """64 MiB of lines, no two alike."""
    lines, numbers = bytearray(), corpus.log_lines(random.Random(6))
    while len(lines) < 16 * STRETCH:
        lines += next(numbers)
    return bytes(lines)


def make_file(path, size):
    """A file of so many bytes, one in sixteen of them on disk."""
    lines = many_lines()
    with open(path, "wb", buffering=0) as out:
        for index, place in enumerate(range(0, size, STRETCH * EVERY)):
            start = index % 16 * STRETCH
            out.seek(place)
            out.write(lines[start : start + min(STRETCH, size - place)])
        out.truncate(size)


def make_files(path, count):
    """Files of 100 to 2,000 bytes, 1,000 to a folder."""
    numbers, text = random.Random(7), next(corpus.log_lines(random.Random(8)))
    for number in range(count):
        if number % 1000 == 0:
            place = path / f"{number // 1000:05}"
            place.mkdir(parents=True)
        start = numbers.randrange(len(text) - 2000)
        descriptor = os.open(place / f"{number % 1000:03}", os.O_CREAT | os.O_WRONLY)
        os.write(descriptor, b"%08d" % number + text[start : start + numbers.randint(92, 1992)])
        os.close(descriptor)


def extents(path):
    """The ranges of a file that are not holes."""
    with open(path, "rb", buffering=0) as stream:
        end, place, size = 0, 0, os.fstat(stream.fileno()).st_size
        while place < size:
            try:
                place = os.lseek(stream.fileno(), end, os.SEEK_DATA)
            except OSError:
                return
            end = os.lseek(stream.fileno(), place, os.SEEK_HOLE)
            yield place, end
            place = end


def compare_sparse(first, second):
    """Wrong where two files differ; what is a hole in both is not read."""
    if first.stat().st_size != second.stat().st_size:
        raise Wrong("another size was extracted")
    with open(first, "rb", buffering=0) as a, open(second, "rb", buffering=0) as b:
        for start, end in [*extents(first), *extents(second)]:
            for place in range(start, end, STRETCH):
                count = min(STRETCH, end - place)
                if os.pread(a.fileno(), count, place) != os.pread(b.fileno(), count, place):
                    raise Wrong(f"other bytes were extracted at {place}")


def compare_trees(first, second):
    if checks.digests(first) != checks.digests(second):
        raise Wrong("other files were extracted")


def measure_source(bukti, source, work, rounds, compare, amount, settle):
    """Seals, verifies and extracts a source; medians of each step, and how long opening the bundle takes."""
    samples = {step: [] for step in STEPS}
    for _ in range(rounds):
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        commands = {
            ACQUIRE: f"cd {source.parent} && {bukti.seal(work / 'case.bukti', source.name)}",
            VERIFY: bukti.verify("case.bukti"),
            # Most of what is extracted are holes, so that more fits than is free.
            EXTRACT: bukti.extract("case.bukti", "out") + " --ignore-free-space",
        }
        for step in STEPS:
            settle()
            samples[step].append(measure.run(commands[step], work))
        compare(source, work / "out/session-0001" / source.name)
    opening = json.loads(measure.run([bukti.bench, "openings", "case.bukti"], work).text)
    shutil.rmtree(work)
    result = {"amount": amount, "rounds": rounds, "records": opening["records"], "open": opening["open"]}
    for step in STEPS:
        result[step] = {field: statistics.median(getattr(sample, field) for sample in samples[step]) for field in ("wall", "cpu", "memory")}
    print(f"  {amount:,}: " + ", ".join(f"{step} {result[step]['wall']:.2f} s {result[step]['memory']:.0f} MiB" for step in STEPS), flush=True)
    return result


def growth(results, step):
    """For each step to a larger amount: times what is in proportion, and the memory against the smallest."""
    for before, after in zip(results, results[1:]):
        ratio = after[step]["wall"] / before[step]["wall"] / (after["amount"] / before["amount"])
        yield before["amount"], after["amount"], ratio, after[step]["memory"] / results[0][step]["memory"]


def verdicts(results, what):
    """Rows of what grew, and whether it may."""
    rows = []
    for step in STEPS:
        for before, after, ratio, memory in growth(results, step):
            state = "met" if ratio <= TOLERANCE else "missed"
            rows.append([f"{step}: {after:,} against {before:,} {what}", f"{ratio:.2f} × in proportion", f"≤ {TOLERANCE}", state])
        peak = max(result[step]["memory"] for result in results)
        _, _, _, times = list(growth(results, step))[-1] if len(results) > 1 else (0, 0, 0, 1.0)
        rows.append([f"{step}: most memory", f"{peak:.0f} MiB, {times:.2f} × from the first to the last", f"≤ {MEMORY} MiB", "met" if peak <= MEMORY else "missed"])
    slowest = max((result for result in results if "open" in result), key=lambda result: result["open"], default=None)
    if slowest:
        text = f"{slowest['open'] * 1000:.1f} ms, of {slowest['records']:,} records"
        rows.append([f"opening: the slowest of these, {what}", text, f"≤ {OPENING * 1000:.0f} ms", "met" if slowest["open"] <= OPENING else "missed"])
    return rows


def rows_of(results, what):
    return [[f"{result['amount']:,} {what}", *(f"{result[step]['wall']:.2f} / {result[step]['cpu']:.2f} / {result[step]['memory']:.0f}" for step in STEPS), f"{result['open'] * 1000:.1f}, {result['records']:,} records", str(result["rounds"])]
            for result in results]


def panels(results, what):
    for field, unit in (("wall", "seconds"), ("memory", "MiB")):
        series = [(step, [(result["amount"], max(result[step][field], 0.001)) for result in results]) for step in STEPS]
        yield f"{unit} against {what}", what, unit, series


def document(run, sizes, items, judged):
    text = f"{report.where(run)}\n\n"
    heads = ["wall s / cores s / MiB", "seal", "verify", "extract", "opened in ms", "rounds"]
    if sizes:
        text += "One source, a sixteenth of it lines of logs and the rest holes:\n\n" + report.table(heads, rows_of(sizes, "GB")) + "\n"
    if items:
        text += "Files of 100 to 2,000 bytes, in memory:\n\n" + report.table(heads, rows_of(items, "items")) + "\n"
    return text + report.table(["", "measured", "wanted", ""], judged)


def main():
    parser = argparse.ArgumentParser(prog="bench.scale", description=__doc__.splitlines()[0])
    parser.add_argument("--bukti", required=True)
    parser.add_argument("--micro", default="")
    parser.add_argument("--folder", type=pathlib.Path, required=True, help="for the large sources; needs 20 GB")
    parser.add_argument("--memory", type=pathlib.Path, default=pathlib.Path("/dev/shm"), help="for the many files; needs 10 GB")
    parser.add_argument("--sizes", default="2,20,100", help="GB, separated by commas")
    parser.add_argument("--items", default="10000,100000,1000000")
    parser.add_argument("--rounds", default="3,2,1", help="of the smallest, the next and the others")
    parser.add_argument("--update", action="store_true", help="write results and tables into the repository")
    options = parser.parse_args()
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    bukti = Bukti(options.bukti, options.micro, folder)
    rounds = [int(word) for word in options.rounds.split(",")]
    load, settle = measure.load(), measure.Settling(folder if options.update else None)
    sizes = measure_all(bukti, options.sizes, rounds, folder, make_file, compare_sparse, GB, settle)
    items = measure_all(bukti, options.items, rounds, options.memory, make_files, compare_trees, 1, settle)
    finish(options, folder, sizes, items, load)


def measure_all(bukti, amounts, rounds, folder, make, compare, unit, settle):
    results = []
    place = folder / f"bukti-scale-{os.getpid()}"
    place.mkdir()
    try:
        for index, word in enumerate(amounts.split(",") if amounts else []):
            amount = float(word) if "." in word else int(word)
            source = place / "source"
            make(source, int(amount * unit))
            try:
                results.append(measure_source(bukti, source, place / "work", rounds[min(index, len(rounds) - 1)], compare, amount, settle))
            except Wrong as wrong:
                sys.exit(f"scale: {amount}: {wrong}")
            corpus.remove(source)
    finally:
        shutil.rmtree(place)
    return results


def finish(options, folder, sizes, items, load):
    judged = (verdicts(sizes, "GB") if sizes else []) + (verdicts(items, "items") if items else [])
    run = {"machine": measure.machine(), "date": datetime.date.today().isoformat(), "command": "make bench-scale", "rounds": options.rounds.replace(",", ", "), "load": [load]}
    results = pathlib.Path(__file__).parent.parent / "results" if options.update else folder / "results"
    results.mkdir(exist_ok=True)
    text = document(run, sizes, items, judged)
    drawn = [*(panels(sizes, "GB") if sizes else []), *(panels(items, "items") if items else [])]
    (results / "scale.svg").write_text(plot.curves("Bukti: time and memory against size and number of items", drawn))
    (results / "scale.json").write_text(json.dumps({**run, "sizes": sizes, "items": items, "goals": judged}, indent=1) + "\n")
    (results / "scale.md").write_text("# Time and memory against size\n\n" + text)
    if options.update:
        report.replace(pathlib.Path(__file__).parent.parent.parent / "PERFORMANCE.md", "scale", text)
    print(report.table(["", "measured", "wanted", ""], judged))
    print(f"The report: {results / 'scale.md'}")


if __name__ == "__main__":
    main()
