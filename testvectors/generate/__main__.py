"""python3 -m testvectors.generate [--check] [--make-keys] [--all]

Writes every vector, manifest.json and the examples of the spec. --check writes nothing and exits 1
when a file differs. --all also makes the vectors that are too large to be kept (some 300 MB), into
build/; without it their entries in the manifest stay as they are.
"""

import argparse
import sys
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    __package__ = "testvectors.generate"

from testvectors.generate import keys, output  # noqa: E402


def main():
    parser = argparse.ArgumentParser(prog="testvectors.generate")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--make-keys", action="store_true")
    parser.add_argument("--all", action="store_true")
    arguments = parser.parse_args()
    if arguments.make_keys:
        keys.make_missing()
    return output.run(check=arguments.check, large=arguments.all)


if __name__ == "__main__":
    sys.exit(main())
