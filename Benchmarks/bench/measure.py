"""One timed run of a command, and what is needed so that two runs can be compared."""

import dataclasses
import os
import pathlib
import subprocess
import tempfile
import time

MIB = 1 << 20
# Forks the command from a small process: what Python holds would count as the command's memory.
LAUNCHER = ["/usr/bin/time", "--quiet", "--format", "%M"]


class Wrong(Exception):
    """A tool did not do what was asked of it: its times do not count."""


@dataclasses.dataclass
class Sample:
    """What one run took: seconds, seconds of all cores, MiB; bytes where something was written."""

    wall: float
    cpu: float
    memory: float
    size: int = 0
    rate: float = 0
    """Of reads at random, a second; their median and 99th percentile in microseconds."""
    p50: float = 0
    p99: float = 0
    text: str = ""


def run(command, folder, environment=None, allowed=(0,)):
    """Runs a command, or a shell's line, to its end and measures it; Wrong where it ends badly."""
    line = ["/bin/bash", "-o", "pipefail", "-c", command] if isinstance(command, str) else [str(part) for part in command]
    with tempfile.TemporaryDirectory() as place:
        memory, log = pathlib.Path(place, "memory"), pathlib.Path(place, "log")
        with open(log, "wb") as out:
            start = time.monotonic()
            process = subprocess.Popen(
                [*LAUNCHER, "--output", memory, *line], cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                env={**os.environ, **(environment or {})},
            )
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in allowed:
            words = log.read_text(errors="replace").strip().splitlines()[-3:]
            raise Wrong(f"exit code {process.returncode}: {' / '.join(words)[:300]}")
        peak = int(memory.read_text().split()[-1]) / 1024
        text = log.read_text(errors="replace")[-4096:]
    return Sample(wall, usage.ru_utime + usage.ru_stime, peak, text=text)


def warm(path):
    """Reads all files at or beneath a path: under load, the page cache forgets them."""
    buffer = bytearray(4 * MIB)
    for file in files(path):
        with open(file, "rb", buffering=0) as stream:
            while stream.readinto(buffer):
                pass


def files(path):
    """The regular files at or beneath a path, in order."""
    path = pathlib.Path(path)
    if not path.is_dir():
        return [path]
    return sorted(pathlib.Path(place, name) for place, _, names in os.walk(path) for name in names)


def size(path):
    """The bytes of all files at or beneath a path."""
    return sum(file.stat().st_size for file in files(path))


class Settling:
    """Brings the machine into the same state before each timed run.

    The disk finishes what earlier runs wrote. The memory is filled with cached pages, as that of a machine in use is: what
    nobody uses, a virtual machine gives back to its host, and who asks for it next waits for it, for ten seconds a GiB
    where it was measured, more than any program here takes to fill it.
    """

    LEFT_FREE = 600
    STEP = 64

    def __init__(self, folder=None):
        """folder: for a file of holes, as long as the memory; without one the memory stays as it is."""
        self.holes = folder and pathlib.Path(folder, "holes")
        self.place = 0
        if self.holes:
            self.holes.touch()
            os.truncate(self.holes, memory_mib("MemTotal") * MIB)

    def __call__(self):
        os.sync()
        if self.holes and memory_mib("MemFree") > self.LEFT_FREE:
            self.fill()

    def fill(self):
        buffer = bytearray(MIB)
        with open(self.holes, "rb", buffering=0) as stream:
            stream.seek(self.place)
            # Once around at most: where the memory is limited otherwise, it never gets full.
            for _ in range(memory_mib("MemTotal") // self.STEP):
                if memory_mib("MemFree") <= self.LEFT_FREE:
                    break
                for _ in range(self.STEP):
                    if not stream.readinto(buffer):
                        stream.seek(0)
            self.place = stream.tell()


def memory_mib(name):
    """A figure of the system's memory, in MiB."""
    lines = pathlib.Path("/proc/meminfo").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith(f"{name}:"))


def machine():
    """What a reader needs to know of where the figures come from."""
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), os.uname().machine)
    system = pathlib.Path("/etc/os-release").read_text()
    name = next(line.split("=", 1)[1].strip('"') for line in system.splitlines() if line.startswith("PRETTY_NAME"))
    return {"processor": model, "cores": len(os.sched_getaffinity(0)), "memory_gib": round(memory_mib("MemTotal") / 1024), "system": name, "kernel": os.uname().release}


# So many cores busy with other work, and the figures are those of a busy machine.
BUSY = 0.3


def load(seconds=2.0):
    """How many cores others keep busy while this program sleeps."""
    before = core_times()
    time.sleep(seconds)
    busy, total = (after - earlier for after, earlier in zip(core_times(), before))
    return len(os.sched_getaffinity(0)) * busy / max(total, 1)


def core_times():
    """Ticks that all cores were busy, and all ticks, since the system started."""
    ticks = [int(word) for word in pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return sum(ticks) - ticks[3] - ticks[4], sum(ticks)
