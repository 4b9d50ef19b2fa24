"""That the harness notices what it must: tools that do nothing, do it wrongly, or verify nothing."""

import json
import pathlib
import re
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as xml

from . import corpus, limits, measure, plot, profile, report, scale
from .compare import Comparison, Result
from .goals import BUKTI, Figures, goals, judge
from .tools import ACQUIRE, EXTRACT, READS, VERIFY, Tool

COPY = "cp {source} out.copy"
LIST = "sha256sum out.copy > list"


def fake(name="fake", **changes):
    """A peer that copies, verifies by a list of digests and extracts by copying back."""
    tool = {"letters": "a", "acquire": f"{COPY} && {LIST}", "output": "out.copy", "verify": "sha256sum --quiet -c list",
            "extract": "cp out.copy back", "extracted": "back"}
    return Tool(name, **{**tool, **changes})


class Rounds(unittest.TestCase):
    """One round over a small file or tree, with tools that are right or wrong."""

    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.folder = pathlib.Path(place.name)
        source, tree = self.folder / "source", self.folder / "tree"
        source.write_bytes(bytes(range(256)) * 64)
        (tree / "below").mkdir(parents=True)
        (tree / "one").write_text("one\n")
        (tree / "below/two").write_text("two\n")
        self.parts = {letter: corpus.Part(letter, path, corpus.measure(path)) for letter, path in (("a", source), ("d", tree))}

    def outcome(self, tool, step, letter="a"):
        """Why a step does not count; empty where it does."""
        comparison = Comparison({letter: self.parts[letter]}, [tool], self.folder / "work", reads=20, say=lambda line: None)
        comparison.round(0)
        result = comparison.results.steps.get((letter, tool.name, step), Result(wrong="not done"))
        self.assertEqual(bool(comparison.results.counted(letter, tool.name, step)), not result.wrong)
        return result.wrong

    def test_a_tool_that_works_counts(self):
        for step in (ACQUIRE, VERIFY, EXTRACT):
            self.assertEqual(self.outcome(fake(), step), "")

    def test_an_exit_code(self):
        self.assertIn("exit code 3: no luck", self.outcome(fake(acquire="echo no luck; exit 3"), ACQUIRE))
        self.assertIn("exit code 1", self.outcome(fake(acquire="false | cat > out.copy"), ACQUIRE))

    def test_nothing_written(self):
        self.assertEqual(self.outcome(fake(acquire="true"), ACQUIRE), "nothing was written")

    def test_other_bytes_extracted(self):
        wrong = fake(extract="tr a b < out.copy > back")
        self.assertIn("1 have other contents", self.outcome(wrong, EXTRACT))
        self.assertIn("1 have other contents", self.outcome(wrong, ACQUIRE), "what does not come back was not acquired")

    def test_nothing_extracted(self):
        self.assertIn("nothing was extracted", self.outcome(fake(extract="true"), EXTRACT))

    def test_a_verifier_that_always_says_yes(self):
        self.assertIn("a flipped byte in out.copy is not noticed", self.outcome(fake(verify="true"), VERIFY))
        self.assertEqual(self.outcome(fake(verify="true"), EXTRACT), "", "the byte is put back")

    def test_a_copy_that_is_none(self):
        self.assertEqual(self.outcome(fake(extract="", extracted="", copy="out.copy"), ACQUIRE), "")
        wrong = fake(acquire="head -c 5 {source} > out.copy", verify="", extract="", extracted="", copy="out.copy")
        self.assertIn("1 have other contents", self.outcome(wrong, ACQUIRE))

    def test_a_list_that_lacks_digests(self):
        right = fake(acquire="sha256sum {source} > list", output="list", verify="", extract="", listing="list")
        self.assertEqual(self.outcome(right, ACQUIRE), "")
        wrong = fake(acquire="sha512sum {source} > list", output="list", verify="", extract="", listing="list")
        self.assertIn("1 of 1 digests", self.outcome(wrong, ACQUIRE))

    def test_trees(self):
        tree = {"letters": "d", "acquire": "cp -r {source} out", "output": "out", "verify": "", "extracted": "back"}
        self.assertEqual(self.outcome(fake(**tree, extract="cp -r out back"), EXTRACT, "d"), "")
        self.assertIn("1 files are missing", self.outcome(fake(**tree, extract="cp -r out back; rm back/one"), EXTRACT, "d"))
        self.assertIn("1 are too many", self.outcome(fake(**tree, extract="cp -r out back; touch back/more"), EXTRACT, "d"))

    def test_reads(self):
        reader = pathlib.Path(__file__).with_name("readers.py")
        right = f"python3 {reader} file out.copy {{offsets}}"
        self.assertEqual(self.outcome(fake(reads=right), READS), "")
        self.assertEqual(self.outcome(fake(reads=f"tr a b < out.copy > other; {right.replace('out.copy', 'other')}"), READS), "other bytes were read")
        self.assertEqual(self.outcome(fake(reads="true"), READS), "no result of the reads")

    def test_other_work_is_noticed(self):
        busy = subprocess.Popen(["python3", "-c", "while True: pass"])
        self.addCleanup(busy.wait)
        self.addCleanup(busy.kill)
        self.assertGreater(measure.load(0.5), measure.BUSY)

    def test_what_is_not_there_is_skipped_with_a_reason(self):
        comparison = Comparison({"a": self.parts["a"]}, [fake("absent", needs=("no-such-command",))], self.folder / "work", reads=1)
        self.assertEqual(comparison.results.skipped, {"absent": "no-such-command is not installed"})

    def test_time_and_memory_are_those_of_the_command(self):
        sample = measure.run("python3 -c 'x = bytearray(150 << 20); print(sum(range(3000000)))'", self.folder)
        self.assertGreater(sample.memory, 140)
        self.assertGreater(sample.cpu, 0.02)
        self.assertLess(measure.run(["true"], self.folder).memory, 8, "what this program holds does not count")


class Figuring(unittest.TestCase):
    """Medians, limits and goals from made-up figures."""

    def figures(self, seconds, peer=14.0, limit=1.0):
        figures = Figures(Comparison.__new__(Comparison), {"a": {ACQUIRE: {"wall": limit, "cpu": 2 * limit}}}, 2)
        figures.results = type("Results", (), {})()
        samples = {BUKTI: seconds, "ewfacquire, fast": [peer]}
        figures.results.steps = {("a", tool, ACQUIRE): Result([measure.Sample(s, s, 70, 10) for s in values]) for tool, values in samples.items()}
        figures.results.skipped = {}
        figures.results.counted = lambda letter, tool, step: (figures.results.steps.get((letter, tool, step)) or Result()).samples
        return figures

    def states(self, **changes):
        return {(row.what, row.wanted): row.state for row in goals(self.figures(**changes))}

    def test_the_median_counts(self):
        self.assertEqual(self.figures(seconds=[9, 1, 2]).median("a", BUKTI, ACQUIRE), 2)

    def test_goals_are_met_and_missed(self):
        to_limit, to_peer = ("(a) seal", "≤ 1.15 × limit"), ("(a) seal", "≥ 7 × ewfacquire, fast")
        states = self.states(seconds=[1.1])
        self.assertEqual((states[to_limit], states[to_peer]), ("met", "met"))
        states = self.states(seconds=[2.1])
        self.assertEqual((states[to_limit], states[to_peer]), ("missed", "missed"))
        self.assertEqual(states[("(a) seal", "≥ 1.8 × aff4imager")], "not measured")
        self.assertEqual((judge(5, 5, True), judge(5, 5, False)), ("met", "met"))

    def test_memory_beyond_the_goal_is_missed(self):
        key = ("memory, all parts and steps", "≤ 72 MiB (64, and 4 a worker)")
        self.assertEqual(self.states(seconds=[1])[key], "met")
        figures = self.figures(seconds=[1])
        figures.results.steps[("a", BUKTI, ACQUIRE)].samples[0].memory = 73
        self.assertEqual({(row.what, row.wanted): row.state for row in goals(figures)}[key], "missed")

    def test_limits_are_sums_over_cores_and_one_digest_at_least(self):
        parts = limits.Parts()
        for name, unit, value in [("sha256", "MB/s", 1000), ("read", "MB/s", 10_000), ("write", "MB/s", 5_000), ("deflate-product", "MB/s", 500),
                                  ("inflate-zlib", "MB/s", 250), ("inflate-isal", "MB/s", 500), ("read-file", "ns", 8000), ("deflate-files", "MB/s", 400), ("write-file", "ns", 9000),
                                  *((name, "ns", 100) for name in limits.RECORD + limits.READ_RECORD)]:
            parts.values[name], parts.units[name] = [value], unit
        facts = {"bytes": 2e9, "nonzero": 1e9, "files": 1}
        found = limits.limits(parts, "a", facts, 5e8, 2)
        self.assertAlmostEqual(found[ACQUIRE]["cpu"], 0.2 + 2 + 2 + 0.5 + 0.1)
        self.assertAlmostEqual(found[ACQUIRE]["wall"], 2.4)
        self.assertAlmostEqual(found[VERIFY]["terms"]["inflate"], 2.0, msg="the fastest decoder")
        self.assertAlmostEqual(limits.limits(parts, "b", {"bytes": 2e9, "nonzero": 2e9, "files": 1}, 1, 64)[ACQUIRE]["wall"], 2.0)

    def test_what_grows_faster_than_in_proportion_is_missed(self):
        def result(amount, wall, memory):
            return {"amount": amount, "rounds": 1, **{step: {"wall": wall, "cpu": wall, "memory": memory} for step in scale.STEPS}}

        linear = scale.verdicts([result(2, 2.0, 30), result(20, 20.9, 30)], "GB")
        self.assertEqual({row[3] for row in linear}, {"met"})
        bent = scale.verdicts([result(2, 2.0, 30), result(20, 22.5, 90)], "GB")
        self.assertEqual({row[3] for row in bent}, {"missed"})

    def test_a_bundle_that_opens_slowly_is_missed(self):
        def states(*seconds):
            steps = {step: {"wall": 1.0, "cpu": 1.0, "memory": 30} for step in scale.STEPS}
            results = [{"amount": 2, "rounds": 1, "records": 9, "open": each, **steps} for each in seconds]
            return [row[3] for row in scale.verdicts(results, "GB") if row[0].startswith("opening")]

        self.assertEqual((states(0.001, 0.002), states(0.001, 0.06)), (["met"], ["missed"]))


class Writing(unittest.TestCase):
    """Documents and plots."""

    def test_a_table_is_put_between_its_marks_and_nowhere_else(self):
        with tempfile.TemporaryDirectory() as place:
            path = pathlib.Path(place, "document.md")
            path.write_text("before\n<!-- bench -->\nold\n<!-- end of bench -->\nafter\n")
            report.replace(path, "bench", "new")
            self.assertEqual(path.read_text(), "before\n<!-- bench -->\nnew\n<!-- end of bench -->\nafter\n")
            self.assertRaises(ValueError, report.replace, path, "scale", "new")

    def test_the_repository_has_the_marks(self):
        root = pathlib.Path(__file__).parents[2]
        for name, marks in (("README.md", ["bench"]), ("PERFORMANCE.md", ["limits", "profile", "scale"])):
            for mark in marks:
                self.assertEqual(len(re.findall(f"<!-- (?:end of )?{mark} -->", (root / name).read_text())), 2, (name, mark))

    def test_plots_are_xml_with_a_bar_or_a_dot_for_each_value(self):
        bars = xml.fromstring(plot.bars("a & b", [("<one>", "s", 0.5, [("x", 1.0, True), ("y", 2.0, False)])]))
        self.assertEqual(len(bars.findall("{*}rect")), 3)
        curves = xml.fromstring(plot.curves("t", [("p", "GB", "s", [("seal", [(2, 1.0), (20, 11.0)])])]))
        self.assertEqual(len(curves.findall("{*}circle")), 2)

    def test_the_corpus_is_the_same_each_time(self):
        with tempfile.TemporaryDirectory() as place:
            sizes = {**corpus.QUICK, "c": 1 << 20, "b": 1 << 20}
            found = []
            for name in ("one", "two"):
                for maker in (corpus.make_random, corpus.make_logs):
                    path = pathlib.Path(place, name)
                    maker(path, sizes)
                    found.append(path.read_bytes())
            self.assertEqual(found[:2], found[2:])
            self.assertEqual([len(data) for data in found], [1 << 20] * 4)


class Profiling(unittest.TestCase):
    """Samples by kind."""

    def test_kinds(self):
        found = [profile.kind(*sample) for sample in (("libcrypto.so.3", "0x1"), ("[kernel.kallsyms]", "[k] _copy_to_iter"), ("bukti", "[.] decode_block"),
                                                      ("bukti", "[.] $s5bukti"), ("[kernel.kallsyms]", "[k] schedule"), ("libwhat.so", "[.] x"))]
        self.assertEqual(found, ["SHA-256, signatures", "copying in from the page cache", "DEFLATE, decoding", "Bukti's own code",
                                 "the system, otherwise", "other libraries"])


class Sparse(unittest.TestCase):
    """The large sources and what is extracted from them."""

    def test_a_byte_in_a_hole_is_noticed(self):
        with tempfile.TemporaryDirectory() as place:
            one, two = pathlib.Path(place, "one"), pathlib.Path(place, "two")
            for path in (one, two):
                scale.make_file(path, 200_000_000)
            self.assertLess(one.stat().st_blocks * 512, 40_000_000)
            scale.compare_sparse(one, two)
            for where in (10, 100_000_000):
                scale.make_file(two, 200_000_000)
                with open(two, "r+b") as stream:
                    stream.seek(where)
                    stream.write(b"\1")
                self.assertRaises(measure.Wrong, scale.compare_sparse, one, two)


class Results(unittest.TestCase):
    """What `make bench` wrote last; kept in the repository."""

    def test_what_is_kept_is_of_a_full_run(self):
        path = pathlib.Path(__file__).parents[1] / "results/bench.json"
        if not path.exists():
            self.skipTest("no run is kept yet")
        run = json.loads(path.read_text())
        self.assertGreaterEqual(run["rounds"], 5)
        self.assertFalse([step for step in run["steps"] if step["tool"] == BUKTI and step["wrong"]])


if __name__ == "__main__":
    unittest.main()
