"""The rounds: every tool does its steps on every part in turn, and each result is checked before it counts."""

import array
import dataclasses
import hashlib
import json
import random
import shutil

from . import checks, measure
from .measure import Wrong
from .tools import ACQUIRE, EXTRACT, READS, STORED, VERIFY

# At the level of stored bytes the claims about contents are not established, which the exit code says.
ALLOWED = {STORED: (0, 2)}
READ_SIZE = 4096


@dataclasses.dataclass
class Result:
    """What all rounds of one step gave, or why it does not count."""

    samples: list = dataclasses.field(default_factory=list)
    wrong: str = ""


class Results:
    """Of every tool, part and step."""

    def __init__(self):
        self.steps, self.skipped, self.notes = {}, {}, {}

    def at(self, letter, tool, step):
        return self.steps.setdefault((letter, tool, step), Result())

    def counted(self, letter, tool, step):
        """The samples, or none where any round was wrong."""
        result = self.steps.get((letter, tool, step))
        return result.samples if result and not result.wrong else []


class Offsets:
    """Places to read at, the same for all; and the digest of what is there."""

    def __init__(self, part, path, count):
        numbers = random.Random(5)
        places = array.array("Q", (numbers.randrange(part.bytes - READ_SIZE) for _ in range(count)))
        path.write_bytes(places.tobytes())
        digest = hashlib.sha256()
        with open(part.path, "rb") as stream:
            for place in places:
                stream.seek(place)
                digest.update(stream.read(READ_SIZE))
        self.path, self.sha256 = path, digest.hexdigest()


class Comparison:
    """One run over all parts."""

    def __init__(self, parts, tools, work, reads=10_000, say=print, settle=measure.Settling()):
        self.parts, self.work, self.say, self.settle = parts, work, say, settle
        self.results = Results()
        self.tools = []
        for tool in tools:
            missing = tool.missing()
            if missing:
                self.results.skipped[tool.name] = f"{', '.join(missing)} is not installed"
            else:
                self.tools.append(tool)
                self.results.notes[tool.name] = tool.note
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        self.truths = {letter: checks.Truth(part) for letter, part in parts.items()}
        self.offsets = Offsets(parts["a"], work / "offsets", reads) if "a" in parts else None

    def round(self, number):
        """Each part's tools one after the other, another one first each time."""
        for letter, part in self.parts.items():
            tools = [tool for tool in self.tools if letter in tool.letters and number < tool.rounds]
            for index in range(len(tools)):
                self.measure(tools[(index + number) % len(tools)], part, number)
        # Trees are removed when nobody is measured: what comes right after that would pay for it.
        shutil.rmtree(self.work / f"round-{number}", ignore_errors=True)
        self.settle()

    def measure(self, tool, part, number):
        place = self.work / f"round-{number}" / f"{part.letter}-{hashlib.sha256(tool.name.encode()).hexdigest()[:8]}"
        place.mkdir(parents=True)
        run = ToolRun(self, tool, part, place, is_first=number == 0)
        run.all()
        if not part.is_tree:
            shutil.rmtree(place, ignore_errors=True)


class ToolRun:
    """One round of one tool on one part."""

    def __init__(self, comparison, tool, part, place, is_first):
        self.comparison, self.tool, self.part, self.place, self.is_first = comparison, tool, part, place, is_first
        offsets = comparison.offsets
        self.values = {
            "source": part.path, "folder": part.path.parent, "name": part.path.name, "work": place,
            "offsets": offsets.path if offsets else "",
        }

    def all(self):
        steps = self.tool.steps()
        if self.part.letter != "a":
            steps.pop(READS, None)
        for name, command in steps.items():
            if not self.step(self.tool.name, name, command) and name in (ACQUIRE, EXTRACT):
                # What cannot be had back was not acquired.
                self.result(self.tool.name, ACQUIRE).wrong = self.result(self.tool.name, name).wrong
                break
        for tool, others in self.tool.also.items():
            for name, command in others.items():
                self.step(tool, name, command)

    def result(self, tool, step):
        return self.comparison.results.at(self.part.letter, tool, step)

    def step(self, tool, name, command):
        """Measures and checks a step; whether it is as it must be."""
        result = self.result(tool, name)
        try:
            sample = self.timed(name, command)
            self.check(name, command, sample)
        except Wrong as wrong:
            result.wrong = result.wrong or str(wrong)
            self.comparison.say(f"  {self.part.letter} {tool}, {name}: WRONG: {wrong}")
            return False
        result.samples.append(sample)
        self.comparison.say(f"  {self.part.letter} {tool}, {name}: {sample.wall:.2f} s")
        return True

    def timed(self, name, command):
        output = self.place / self.tool.output
        if name == ACQUIRE:
            if self.tool.prepare:
                measure.run(self.tool.prepare.format(**self.values), self.place)
            self.comparison.settle()
            measure.warm(self.part.path)
        else:
            self.comparison.settle()
            measure.warm(output)
        sample = measure.run(command.format(**self.values), self.place, allowed=ALLOWED.get(name, (0,)))
        if name == ACQUIRE:
            if not output.exists():
                raise Wrong("nothing was written")
            sample.size = measure.size(output)
        return sample

    def check(self, name, command, sample):
        truth = self.comparison.truths[self.part.letter]
        if name == ACQUIRE and self.tool.copy:
            truth.compare(self.place / self.tool.copy)
        if name == ACQUIRE and self.tool.listing:
            truth.search((self.place / self.tool.listing).read_text(errors="replace"))
        if name in (VERIFY, STORED) and self.is_first:
            again = command.format(**self.values)
            checks.flipped(self.place / self.tool.output, lambda: measure.run(again, self.place, allowed=ALLOWED.get(name, (0,))))
        if name == EXTRACT:
            truth.compare(self.place / self.tool.extracted.format(**self.values))
        if name == READS:
            self.check_reads(sample)

    def check_reads(self, sample):
        lines = [line for line in sample.text.splitlines() if line.startswith("{")]
        if not lines:
            raise Wrong("no result of the reads")
        facts = json.loads(lines[-1])
        if facts["sha256"] != self.comparison.offsets.sha256:
            raise Wrong("other bytes were read")
        sample.rate, sample.p50, sample.p99 = facts["rate"], facts["p50"], facts["p99"]
