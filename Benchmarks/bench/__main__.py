"""Compares Bukti and its peers: python3 -m bench --bukti COMMAND --micro COMMAND --folder FOLDER [--quick]."""

import argparse
import datetime
import json
import pathlib
import shutil
import subprocess
import sys
import venv

from . import corpus, measure, plot, report
from .compare import Comparison
from .goals import BUKTI, Figures, goals
from .limits import Parts, limits
from .tools import ACQUIRE, EXTRACT, READS, VERIFY, Bukti, peers

HERE = pathlib.Path(__file__).parent
REPOSITORY = HERE.parent.parent
DEBIAN = ["time", "ewf-tools", "fuse3", "afflib-tools", "dc3dd", "borgbackup", "restic", "squashfs-tools", "zstd", "hashdeep",
          "libdeflate0", "forensics-samples-all"]


def arguments():
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--bukti", required=True, help="the command under test")
    parser.add_argument("--micro", required=True, help="bukti-bench, which measures the parts")
    parser.add_argument("--folder", type=pathlib.Path, required=True, help="for corpus and results; needs 20 GB")
    parser.add_argument("--rounds", type=int, default=5, help="rounds in turn, 5 if left out")
    parser.add_argument("--only", default="abcde", help="parts of the corpus, such as ad")
    parser.add_argument("--tools", help="peers whose names contain one of these words, separated by commas")
    parser.add_argument("--quick", action="store_true", help="a small corpus, one round, only peers that are there; writes no document")
    parser.add_argument("--install", action="store_true", help="install peers from Debian and PyPI first")
    parser.add_argument("--update", action="store_true", help="write results and tables into the repository, after five rounds of everything")
    return parser.parse_args()


def install():
    """What cannot be installed is skipped later, with the reason."""
    wanted = [name for name in DEBIAN if "install ok installed" not in subprocess.run(
        ["dpkg-query", "-W", "-f=${Status}", name], capture_output=True, text=True).stdout]
    if not wanted:
        return
    print(f"Installing: {' '.join(wanted)}", flush=True)
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *wanted]):
        if subprocess.run(command, stdout=subprocess.DEVNULL, env={"DEBIAN_FRONTEND": "noninteractive", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}).returncode:
            print("Some peers could not be installed; they are skipped.")


def environment(folder, may_install):
    """The interpreter that has the peers from PyPI; empty where it cannot be had."""
    place = folder / "venv"
    python, ready = place / "bin/python", place / "ready"
    if not ready.exists() and may_install:
        venv.create(place, with_pip=True)
        if subprocess.run([python, "-m", "pip", "install", "--quiet", "--requirement", HERE / "requirements.txt"]).returncode == 0:
            ready.touch()
    return str(python) if ready.exists() else ""


def measure_parts(parts, corpus_parts, micro, scratch, quick):
    """The parts of the limits, once a round."""
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    if "a" in corpus_parts:
        measure.warm(corpus_parts["a"].path)
        parts.measure(micro, ["parts", corpus_parts["a"].path, scratch], quick)
    if "d" in corpus_parts:
        tree = corpus_parts["d"]
        names = scratch / "list"
        names.write_text("".join(f"{file.relative_to(tree.path)}\n" for file in tree.files()))
        measure.warm(tree.path)
        parts.measure(micro, ["files", tree.path, names, scratch], quick)
    parts.measure(micro, ["records"], quick)
    parts.measure(micro, ["digests"], quick)
    shutil.rmtree(scratch)


def groups(figures, parts):
    """The bars of the plot: seconds of each step, and reads a second."""
    for letter, step in (("a", ACQUIRE), ("a", VERIFY), ("a", EXTRACT), ("b", ACQUIRE), ("c", ACQUIRE), ("d", ACQUIRE), ("d", EXTRACT)):
        if letter not in parts:
            continue
        names = [tool for (at, tool, name) in figures.results.steps if (at, name) == (letter, step)]
        values = [(name, figures.median(letter, name, step), name == BUKTI) for name in names if figures.median(letter, name, step)]
        if values:
            limit = figures.limits.get(letter, {}).get(step)
            yield f"({letter}) {report.TITLES[letter]}: {step}", "s", limit and limit["wall"], values
    names = [tool for (_, tool, name) in figures.results.steps if name == READS]
    values = [(name, figures.median("a", name, READS, "rate"), name == BUKTI) for name in names if figures.median("a", name, READS, "rate")]
    if values:
        yield "(a) reads of 4 KiB at random, more is better", "/s", None, values


def main():
    options = arguments()
    # A document is not written from a part of the comparison.
    options.update &= options.only == "abcde" and not options.tools and not options.quick and options.rounds >= 5
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if options.install:
        install()
    every = corpus.make(folder / ("corpus-quick" if options.quick else "corpus"), options.quick)
    parts = {letter: part for letter, part in every.items() if letter in options.only}
    bukti = Bukti(options.bukti, options.micro, folder)
    others = peers(environment(folder, options.install))
    if options.tools:
        others = [tool for tool in others if any(word in tool.name for word in options.tools.split(","))]
    rounds = 1 if options.quick else options.rounds
    settle = measure.Settling(None if options.quick else folder)
    comparison = Comparison(parts, [bukti.tool(), *others], folder / "work", reads=500 if options.quick else 10_000,
                            say=lambda line: print(line, flush=True), settle=settle)
    measured, loads = Parts(), []
    for number in range(rounds):
        settle()
        loads.append(measure.load(0.2 if options.quick else 2.0))
        print(f"round {number + 1} of {rounds}, {loads[-1]:.1f} cores busy with other work", flush=True)
        measure_parts(measured, parts, bukti.bench, folder / "scratch", options.quick)
        comparison.round(number)
    run = {
        "machine": measure.machine(), "date": datetime.date.today().isoformat(), "rounds": rounds, "load": loads,
        "version": bukti.output("--version").splitlines(),
        "command": "make test-bench" if options.quick else "make bench" + (f" ROUNDS={rounds}" if rounds != 5 else ""),
    }
    finish(options, folder, run, parts, comparison, measured)


def finish(options, folder, run, parts, comparison, measured):
    """Writes the documents; ends with 1 where Bukti itself did something wrong."""
    cores = run["machine"]["cores"]
    figures = Figures(comparison.results, {}, cores)
    for letter, part in parts.items():
        stored = figures.median(letter, BUKTI, ACQUIRE, "size")
        if stored and "sha256" in measured and (letter != "d" or "read-file" in measured):
            figures.limits[letter] = limits(measured, letter, part.facts, stored, cores)
    rows = goals(figures)
    tools = list(dict.fromkeys(tool for _, tool, _ in comparison.results.steps))
    text = report.markdown(run, parts, figures, rows, measured, tools)
    drawn = plot.bars("Bukti and its peers", list(groups(figures, parts)))
    facts = json.dumps(report.data(run, parts, figures, rows, measured), indent=1) + "\n"
    results = HERE.parent / "results" if options.update else folder / "results"
    results.mkdir(exist_ok=True)
    for name, content in (("bench.md", text), ("bench.json", facts), ("bench.svg", drawn)):
        (results / name).write_text(content)
    if options.update:
        short = f"{report.summary(rows)} {report.where(run)}\n\n{report.goal_table(rows)}"
        report.replace(REPOSITORY / "README.md", "bench", short)
        report.replace(REPOSITORY / "PERFORMANCE.md", "limits", report.limit_table(figures))
    print(report.goal_table(rows))
    print(f"{report.summary(rows)} The report: {results / 'bench.md'}")
    wrong = [f"{letter} {tool}, {step}" for (letter, tool, step), result in comparison.results.steps.items() if result.wrong and tool == BUKTI]
    if wrong:
        sys.exit(f"bench: wrong: {', '.join(wrong)}")


if __name__ == "__main__":
    main()
