"""The goals, each as a ratio that was measured in this run."""

import dataclasses
import statistics

from .tools import ABSENT, ACQUIRE, EXTRACT, READS, STORED, VERIFY

BUKTI = "Bukti"
EWF, EWF_PLAIN, NEW_EWF = "ewfacquire, fast", "ewfacquire, no compression", "ewfverify of 2026"
BORG, RESTIC, SQUASHFS = ("borg, lz4", "borg, zstd-1"), "restic", "mksquashfs, zstd-1"

# What a peer's program for a step is called.
PROGRAMS = {(EWF, VERIFY): "ewfverify", (EWF, EXTRACT): "ewfexport", (SQUASHFS, EXTRACT): "unsquashfs"}


@dataclasses.dataclass
class Goal:
    """One row: what is wanted, what was measured, and whether that is enough."""

    what: str
    wanted: str
    measured: str
    state: str
    """met, missed or not measured"""


class Figures:
    """Medians of what counted."""

    def __init__(self, results, limits, cores):
        self.results, self.limits, self.cores = results, limits, cores

    def median(self, letter, tool, step, field="wall"):
        samples = self.results.counted(letter, tool, step)
        return statistics.median(getattr(sample, field) for sample in samples) if samples else None

    def why_not(self, letter, tool, step):
        """Why a step has no figure."""
        result = self.results.steps.get((letter, tool, step))
        if result and result.wrong:
            return f"wrong: {result.wrong}"
        return self.results.skipped.get(tool) or ABSENT.get(tool) or "not in this run"


def judge(value, wanted, at_least):
    """met or missed; a value that is exactly the wanted one meets it."""
    return "met" if (value >= wanted if at_least else value <= wanted) else "missed"


class Goals:
    """Builds the rows."""

    def __init__(self, figures):
        self.figures, self.rows = figures, []

    def missing(self, what, wanted, why):
        self.rows.append(Goal(what, wanted, why, "not measured"))

    def to_limit(self, what, letter, step, most):
        """Seconds of the clock against the limit."""
        wall, wanted = self.figures.median(letter, BUKTI, step), f"≤ {most} × limit"
        limit = self.figures.limits.get(letter, {}).get(step)
        if wall is None or limit is None:
            return self.missing(what, wanted, self.figures.why_not(letter, BUKTI, step))
        ratio = wall / limit["wall"]
        text = f"{ratio:.2f} × ({wall:.2f} s, limit {limit['wall']:.2f} s)"
        self.rows.append(Goal(what, wanted, text, judge(ratio, most, at_least=False)))

    def to_peer(self, what, letter, step, peer, least):
        """How many times faster than a peer."""
        program = PROGRAMS.get((peer, step), peer)
        wanted = f"≥ {least:g} × {program}" if least != 1 else f"not slower than {program}"
        ours, theirs = self.figures.median(letter, BUKTI, step), self.figures.median(letter, peer, step)
        if ours is None or theirs is None:
            who = BUKTI if ours is None else peer
            return self.missing(what, wanted, f"{who}: {self.figures.why_not(letter, who, step)}")
        ratio = theirs / ours
        self.rows.append(Goal(what, wanted, f"{ratio:.2f} × ({theirs:.2f} s against {ours:.2f} s)", judge(ratio, least, at_least=True)))

    def at_most(self, what, wanted, value, most, unit):
        if value is None:
            return self.missing(what, wanted, "not in this run")
        self.rows.append(Goal(what, wanted, f"{value:.0f} {unit}", judge(value, most, at_least=False)))


def goals(figures):
    """All rows, in the order of the table of goals."""
    table = Goals(figures)
    table.to_limit("(a) seal", "a", ACQUIRE, 1.15)
    table.to_peer("(a) seal", "a", ACQUIRE, EWF, 7)
    table.to_peer("(a) seal", "a", ACQUIRE, "aff4imager", 1.8)
    table.to_peer("(a) seal", "a", ACQUIRE, SQUASHFS, 1)
    table.to_limit("(a) verify, all claims", "a", VERIFY, 1.15)
    table.to_peer("(a) verify, all claims", "a", VERIFY, NEW_EWF, 3.3)
    # Of 2014, which took 1.49 times as long as that of 2026 where both were measured.
    table.to_peer("(a) verify, all claims", "a", VERIFY, EWF, 4.9)
    for peer in (*BORG, RESTIC):
        table.to_peer("(a) verify, all claims", "a", VERIFY, peer, 1)
    table.to_limit("(a) extract and verify", "a", EXTRACT, 1.2)
    table.to_peer("(a) extract and verify", "a", EXTRACT, EWF, 3.5)
    for peer in (RESTIC, SQUASHFS):
        table.to_peer("(a) extract and verify", "a", EXTRACT, peer, 1)
    table.to_limit("(a) verify, level stored", "a", STORED, 1.15)
    table.to_limit("(b) seal", "b", ACQUIRE, 1.2)
    table.to_peer("(b) seal", "b", ACQUIRE, EWF_PLAIN, 2)
    table.to_limit("(d) seal", "d", ACQUIRE, 1.3)
    table.to_peer("(d) seal", "d", ACQUIRE, RESTIC, 3)
    table.to_peer("(d) seal", "d", ACQUIRE, "pyaff4", 12)
    size = figures.median("d", BUKTI, ACQUIRE, "size")
    table.at_most("(d) size of the bundle", "≤ 130 MB", size and size / 1e6, 130, "MB")
    reads(table, figures)
    bundle, image = figures.median("a", BUKTI, ACQUIRE, "size"), figures.median("a", EWF, ACQUIRE, "size")
    if bundle and image:
        ratio = bundle / image
        text = f"{ratio:.3f} × ({bundle / 1e6:.0f} MB against {image / 1e6:.0f} MB)"
        table.rows.append(Goal("(a) size of the bundle", "≤ E01, fast", text, judge(ratio, 1, at_least=False)))
    else:
        table.missing("(a) size of the bundle", "≤ E01, fast", figures.why_not("a", EWF, ACQUIRE))
    most = 64 + 4 * figures.cores
    peaks = [figures.median(letter, BUKTI, step, "memory") for letter in "abcde" for step in (ACQUIRE, VERIFY, STORED, EXTRACT)]
    peak = max((value for value in peaks if value), default=None)
    table.at_most("memory, all parts and steps", f"≤ {most} MiB (64, and 4 a worker)", peak, most, "MiB")
    return table.rows


def reads(table, figures):
    what, ours = "(a) verified reads of 4 KiB at random", figures.median("a", BUKTI, READS, "rate")
    if ours is None:
        return table.missing(what, "≥ 5,000/s", figures.why_not("a", BUKTI, READS))
    table.rows.append(Goal(what, "≥ 5,000/s", f"{ours:,.0f}/s", judge(ours, 5000, at_least=True)))
    theirs = figures.median("a", EWF, READS, "rate")
    if theirs is None:
        return table.missing(what, "as many as ewfmount", figures.why_not("a", EWF, READS))
    text = f"{ours / theirs:.2f} × ({ours:,.0f}/s against {theirs:,.0f}/s, which prove nothing)"
    table.rows.append(Goal(what, "as many as ewfmount", text, judge(ours / theirs, 1, at_least=True)))
