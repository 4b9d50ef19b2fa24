"""Bukti and its peers: how each is asked to acquire, verify and extract, and how one sees that it did.

In commands {source} is the part of the corpus, {folder} the folder that it lies in, {name} its name there and {work} a
fresh folder of the run, in which the command is started.
"""

import dataclasses
import pathlib
import re
import shutil
import subprocess

ACQUIRE, VERIFY, STORED, EXTRACT, READS = "acquire", "verify", "verify stored", "extract", "reads"
READER = pathlib.Path(__file__).with_name("readers.py")


@dataclasses.dataclass
class Tool:
    """One program and its settings."""

    name: str
    letters: str
    """The parts of the corpus that it is measured on."""
    acquire: str
    output: str
    """What acquire writes, beneath {work}."""
    needs: tuple = ()
    """Commands that must be there."""
    prepare: str = ""
    """Runs before acquire and is not timed."""
    verify: str = ""
    stored: str = ""
    extract: str = ""
    extracted: str = ""
    reads: str = ""
    copy: str = ""
    """For a tool without extract: what must be equal to the source."""
    listing: str = ""
    """For a tool without a copy: a list that must hold the digests."""
    rounds: int = 1000
    """At most so many rounds; for peers that would take most of the time."""
    also: dict = dataclasses.field(default_factory=dict)
    """Other programs that verify or read what this one wrote: their names, each with commands by steps."""
    note: str = ""

    def missing(self):
        """The commands that are not there."""
        return [command for command in self.needs if not shutil.which(command)]

    def steps(self):
        """The steps that it can be asked for, in their order."""
        commands = {ACQUIRE: self.acquire, VERIFY: self.verify, STORED: self.stored, READS: self.reads, EXTRACT: self.extract}
        return {step: command for step, command in commands.items() if command}


class Bukti:
    """The command under test, with an identity for the run."""

    def __init__(self, command, bench, state):
        self.command, self.bench = pathlib.Path(command).resolve(), pathlib.Path(bench).resolve()
        self.identity, self.password = state / "examiner.pem", state / "password"
        if not self.identity.exists():
            self.password.write_text("not a secret\n")
            self.output("identity", "create", self.identity, "--name", "Examiner", "--password-file", self.password)
        self.pin = self.output("identity", "show", self.identity, "--fingerprint").split()[0]

    def output(self, *arguments):
        return subprocess.run([self.command, *arguments], check=True, capture_output=True, text=True).stdout

    def seal(self, bundle, sources, more=""):
        who = f"--identity {self.identity} --password-file {self.password}"
        return f"{self.command} seal {bundle} {sources} {who} --case-number 1 --why measured --quiet {more}"

    def verify(self, bundle, more=""):
        return f"{self.command} verify {bundle} --pin {self.pin} --quiet {more}"

    def extract(self, bundle, folder):
        return f"{self.command} extract {bundle} --to {folder} --pin {self.pin} --quiet"

    def tool(self):
        names_levels = re.search(r"--level", self.output("help", "verify"))
        return Tool(
            "Bukti", "abcde", "cd {folder} && " + self.seal("{work}/case.bukti", "{name}"), "case.bukti",
            verify=self.verify("case.bukti"),
            stored=self.verify("case.bukti", "--level stored") if names_levels else "",
            extract=self.extract("case.bukti", "out"), extracted="out/session-0001/{name}",
            reads=f"{self.bench} reads case.bukti {{name}} {{offsets}} {self.pin}",
        )


def peers(python):
    """All peers; `python` is an interpreter with the packages of requirements.txt, or empty."""
    borg = "export BORG_BASE_DIR={work}/base; "
    restic = "export RESTIC_PASSWORD=x; restic --quiet --cache-dir {work}/cache --repo {work}/repo "
    ewf = {
        "output": "e01.E01", "needs": ("ewfacquire",), "verify": "ewfverify -q -d sha256 e01.E01",
        "extract": "ewfexport -u -q -f raw -t out e01.E01", "extracted": "out.raw",
    }
    acquire = "ewfacquire -u -q -c {level} -d sha256 -f encase6 -S 1TiB -t e01 -l log {{source}}"
    mounted = f"mkdir mount && ewfmount e01.E01 mount >&2 && python3 {READER} file mount/ewf1 {{offsets}}; code=$?; umount mount; exit $code"
    others = {}
    if python:
        others = {
            "libewf 2026, read by Python": {READS: f"{python} {READER} pyewf e01.E01 {{offsets}}"},
            "dissect": {READS: f"{python} {READER} dissect e01.E01 {{offsets}}"},
        }
    tools = [
        Tool("ewfacquire, fast", "a", acquire.format(level="fast"), reads=mounted, also=others, **ewf),
        Tool("ewfacquire, fast", "c", acquire.format(level="fast"), **ewf),
        Tool("ewfacquire, no compression", "b", acquire.format(level="none"), **ewf),
        Tool("affconvert", "a", "ln -s {source} in.raw && affconvert -q -o out.aff in.raw", "out.aff", ("affconvert",),
             extract="affcat -q out.aff > out.raw", extracted="out.raw", rounds=1),
        Tool("dc3dd, raw copy and SHA-256", "a", "dc3dd if={source} of=out.raw hash=sha256 log=log", "out.raw", ("dc3dd",),
             copy="out.raw", rounds=2),
    ]
    for word, level, letters in (("lz4", "lz4", "a"), ("zstd-1", "zstd,1", "abcde")):
        tools.append(Tool(
            f"borg, {word}", letters, f"{borg} cd {{folder}} && borg create -C {level} {{work}}/repo::one {{name}}", "repo", ("borg",),
            prepare=f"{borg} borg init -e none repo", verify=f"{borg} borg check --verify-data repo",
            extract=f"{borg} mkdir out && cd out && borg extract ../repo::one", extracted="out/{name}"))
    tools += [
        Tool("restic", "abcde", f"cd {{folder}} && {restic} backup {{name}}", "repo", ("restic",), prepare=f"{restic} init",
             verify=f"{restic} check --read-data", extract=f"{restic} restore latest --target out", extracted="out/{name}"),
        Tool("tar and zstd -1, 2 threads", "abcde", "tar -C {folder} -cf - {name} | zstd -q -1 -T2 -o out.tar.zst", "out.tar.zst",
             ("tar", "zstd"), verify="zstd -q -t out.tar.zst", extract="mkdir out && zstd -q -dc out.tar.zst | tar -C out -xf -",
             extracted="out/{name}", note="no digests"),
        Tool("mksquashfs, zstd-1", "abcde", "mksquashfs {source} out.sqfs -comp zstd -Xcompression-level 1 -no-progress -quiet -keep-as-directory",
             "out.sqfs", ("mksquashfs", "unsquashfs"), extract="unsquashfs -no-progress -quiet -d out out.sqfs", extracted="out/{name}",
             note="no digests"),
        Tool("hashdeep", "d", "cd {folder} && hashdeep -c sha256 -r {name} > {work}/list", "list", ("hashdeep",),
             verify="cd {folder} && hashdeep -c sha256 -r -a -k {work}/list {name}", listing="list", note="no copy"),
        Tool("openssl sha256", "ab", "openssl dgst -sha256 {source} > list", "list", ("openssl",), listing="list", note="no copy"),
        Tool("cp", "ab", "cp {source} out.raw", "out.raw", ("cp",), copy="out.raw", note="no digests"),
    ]
    if python:
        bagit = f"{pathlib.Path(python).with_name('bagit.py')} --quiet"
        tools += [
            Tool("bagit.py, SHA-256", "ad", f"{bagit} --sha256 bag", "bag/manifest-sha256.txt",
                 prepare="mkdir bag && cp -al {source} bag/", verify=f"{bagit} --validate bag", listing="bag/manifest-sha256.txt",
                 note="no copy"),
        ]
    return tools


# Named in the goals, and neither in Debian 12 nor to be installed from PyPI.
ABSENT = {
    "aff4imager": "is packaged neither by Debian nor on PyPI",
    "pyaff4": "0.34 does not install: pycryptoplus and aff4-snappy, which it needs, do not build with Python 3.11",
    "ewfverify of 2026": "Debian 12 has that of 2014; PyPI has the library as a Python module alone, which decodes with code of its own "
    "and takes five times as long as Debian's, so that it stands for nothing but itself",
}
