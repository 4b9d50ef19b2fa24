"""What a run gave, as Markdown and JSON."""

import statistics

from . import measure
from .goals import BUKTI
from .tools import ABSENT, ACQUIRE, EXTRACT, READS, STORED, VERIFY

TITLES = {
    "a": "2 GiB ext4 image", "b": "1 GiB incompressible", "c": "1 GiB logs and packets", "d": "20,000 small files",
    "e": "forensic samples",
}
STEPS = (ACQUIRE, VERIFY, STORED, EXTRACT)


def table(heads, rows):
    """A table of Markdown."""
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def title(letter, parts):
    facts = parts[letter].facts
    files = f"{facts['files']:,} files" if facts["files"] > 1 else "one file"
    return f"({letter}) {TITLES[letter]}: {facts['bytes'] / 1e6:,.0f} MB, {facts['nonzero'] / 1e6:,.0f} MB of it not zeros, {files}"


def goal_table(rows):
    return table(["", "goal", "measured", ""], [[row.what, row.wanted, row.measured, row.state] for row in rows])


def summary(rows):
    """How many goals are met, in a sentence."""
    count = {state: sum(row.state == state for row in rows) for state in ("met", "missed", "not measured")}
    return f"{count['met']} goals met, {count['missed']} missed, {count['not measured']} not measured."


def where(run):
    machine = run["machine"]
    busy = max(run["load"])
    text = (
        f"{machine['cores']} cores of {machine['processor']}, {machine['memory_gib']} GiB, {machine['system']}, Linux {machine['kernel']}; "
        f"{run['date']}; `{run['command']}`; medians of {run['rounds']} rounds in turn, data in the page cache."
    )
    if busy > measure.BUSY:
        text += f" **The machine was busy with other work** ({busy:.1f} cores before a round): the figures are worse than they have to be."
    return text


def part_table(figures, letter, tools):
    """A row for each tool: seconds of the clock, how many times those of Bukti, seconds of cores, memory and size."""
    heads = ["", "acquire, s", "× Bukti", "cores, s", "MiB", "MB written", "verify, s", "× Bukti", "cores, s", "extract, s", "× Bukti", "rounds"]
    rows = []
    for tool in tools:
        if not any(figures.results.steps.get((letter, tool, step)) for step in STEPS):
            continue
        row = [tool + (f" ({figures.results.notes[tool]})" if figures.results.notes.get(tool) else "")]
        row += [seconds(figures, letter, tool, ACQUIRE), times(figures, letter, tool, ACQUIRE)]
        row += [number(figures.median(letter, tool, ACQUIRE, field), form) for field, form in (("cpu", ".2f"), ("memory", ".0f"))]
        size = figures.median(letter, tool, ACQUIRE, "size")
        row += [number(size and size / 1e6, ",.0f"), seconds(figures, letter, tool, VERIFY), times(figures, letter, tool, VERIFY)]
        row += [number(figures.median(letter, tool, VERIFY, "cpu"), ".2f")]
        row += [seconds(figures, letter, tool, EXTRACT), times(figures, letter, tool, EXTRACT)]
        row += [str(max(len(figures.results.counted(letter, tool, step)) for step in STEPS))]
        rows.append(row)
    return table(heads, rows)


def number(value, form):
    return "" if value is None else format(value, form)


def seconds(figures, letter, tool, step):
    result = figures.results.steps.get((letter, tool, step))
    if result is None:
        return ""
    return "wrong" if result.wrong else number(figures.median(letter, tool, step), ".2f")


def times(figures, letter, tool, step):
    ours, theirs = figures.median(letter, BUKTI, step), figures.median(letter, tool, step)
    return "" if not ours or theirs is None or tool == BUKTI else f"{theirs / ours:.2f}"


def limit_table(figures):
    """Bukti's own steps against the limits."""
    rows = []
    for letter, limits in figures.limits.items():
        for step, limit in limits.items():
            wall = figures.median(letter, BUKTI, step)
            if wall is None:
                continue
            terms = ", ".join(f"{name} {value:.2f}" for name, value in limit["terms"].items() if value >= 0.005)
            cpu = figures.median(letter, BUKTI, step, "cpu")
            memory = figures.median(letter, BUKTI, step, "memory")
            rows.append([f"({letter}) {step}", terms, f"{limit['wall']:.2f}", f"{wall:.2f}", f"{wall / limit['wall']:.2f}",
                         f"{cpu:.2f}", f"{cpu / limit['cpu']:.2f}", f"{memory:.0f}"])
    heads = ["", "parts, s of one core", "limit, s", "Bukti, s", "× limit", "cores, s", "× parts", "MiB"]
    return table(heads, rows)


def read_table(figures):
    rows = []
    for (letter, tool, step), result in figures.results.steps.items():
        if step == READS and not result.wrong:
            rate, p50, p99 = (figures.median(letter, tool, step, field) for field in ("rate", "p50", "p99"))
            proof = "every one" if tool == BUKTI else "none"
            rows.append([tool, f"{rate:,.0f}", f"{p50:.0f}", f"{p99:.0f}", proof])
    return table(["", "reads/s", "p50, µs", "p99, µs", "proven"], rows) if rows else "None in this run.\n"


def part_values(parts):
    rows = [[name, f"{parts[name]:,.3g}" if parts.units[name] == "ratio" else f"{parts[name]:,.0f}", parts.units[name]] for name in parts.values]
    return table(["part", "median", ""], rows)


def markdown(run, parts, figures, rows, measured, tools):
    """The whole report."""
    text = [f"# Bukti and its peers\n\n{where(run)}\n", f"## Goals\n\n{summary(rows)}\n\n{goal_table(rows)}"]
    text.append("## Limits\nThe parts of a step, each measured alone on one core in the same run; the limit is their sum over all cores, "
                "and never less than the one digest that a single core must take in order. "
                f"Decoding counts with the fastest decoder here ({measured.inflater if measured.values else 'none'}).\n\n{limit_table(figures)}")
    for letter in parts:
        text.append(f"## {title(letter, parts)}\n\n{part_table(figures, letter, tools)}")
    text.append(f"## Reads of 4 KiB at random places of (a)\n\n{read_table(figures)}")
    text.append(f"## Parts\n\n{part_values(measured)}")
    missing = [[name, why] for name, why in {**figures.results.skipped, **ABSENT}.items()]
    text.append(f"## Not measured\n\n{table(['', 'why'], missing)}")
    wrong = [[f"({letter}) {tool}, {step}", result.wrong] for (letter, tool, step), result in figures.results.steps.items() if result.wrong]
    if wrong:
        text.append(f"## Wrong\nThese did not do what was asked of them; their times do not count.\n\n{table(['', 'what'], wrong)}")
    return "\n".join(text)


def data(run, parts, figures, rows, measured):
    """Everything, for programs."""
    steps = []
    for (letter, tool, step), result in figures.results.steps.items():
        samples = [{key: value for key, value in vars(sample).items() if key != "text" and value} for sample in result.samples]
        steps.append({"part": letter, "tool": tool, "step": step, "wrong": result.wrong or None, "samples": samples})
    return {
        **run,
        "corpus": {letter: part.facts for letter, part in parts.items()},
        "steps": steps,
        "parts": {name: {"unit": measured.units[name], "median": statistics.median(values), "values": values} for name, values in measured.values.items()},
        "limits": figures.limits,
        "goals": [vars(row) for row in rows],
        "not-measured": {**figures.results.skipped, **ABSENT},
    }


def replace(path, name, text):
    """Puts text between two marks of a document: <!-- name --> and <!-- end of name -->."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    document = path.read_text()
    if document.count(begin) != 1 or document.count(end) != 1 or document.index(begin) > document.index(end):
        raise ValueError(f"{path} has no place for {name}")
    before, rest = document.split(begin)
    path.write_text(f"{before}{begin}\n{text.strip()}\n{end}{rest.split(end)[1]}")
