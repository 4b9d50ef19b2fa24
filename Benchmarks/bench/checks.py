"""Whether a tool did its work: contents that come out equal, and verifiers that refuse one flipped byte."""

import hashlib
import os
import pathlib

from .measure import Wrong, files


def digest(path):
    """SHA-256 of a file; read past holes like everything else."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def digests(folder):
    """SHA-256 of every file beneath a folder, by its path there."""
    return {str(file.relative_to(folder)): digest(file) for file in files(folder)}


class Truth:
    """What a part of the corpus holds, read once."""

    def __init__(self, part):
        self.part = part
        self.contents = digests(part.path) if part.is_tree else {part.path.name: digest(part.path)}

    def compare(self, found):
        """Wrong where a file or a tree is not the part itself."""
        found = pathlib.Path(found)
        if not found.exists():
            raise Wrong(f"nothing was extracted to {found.name}")
        contents = digests(found) if self.part.is_tree else {self.part.path.name: digest(found)}
        if contents == self.contents:
            return
        missing = len(self.contents.keys() - contents.keys())
        other = sum(contents[name] != value for name, value in self.contents.items() if name in contents)
        raise Wrong(f"{missing} files are missing, {other} have other contents, {len(contents.keys() - self.contents.keys())} are too many")

    def search(self, text):
        """Wrong where a list of digests lacks one of the part's."""
        missing = sum(value not in text for value in self.contents.values())
        if missing:
            raise Wrong(f"{missing} of {len(self.contents)} digests are not in the list")


def flipped(path, verify):
    """Wrong where a verifier accepts what it verified before with one byte flipped in the middle of it."""
    target = max(files(path), key=lambda file: file.stat().st_size)
    with open(target, "r+b") as stream:
        place = os.fstat(stream.fileno()).st_size // 2
        stream.seek(place)
        byte = stream.read(1)
        try:
            stream.seek(place)
            stream.write(bytes([byte[0] ^ 0x55]))
            stream.flush()
            try:
                verify()
            except Wrong:
                return
            raise Wrong(f"a flipped byte in {target.name} is not noticed")
        finally:
            stream.seek(place)
            stream.write(byte)
