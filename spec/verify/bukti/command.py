"""The command: arguments, words for people, exit codes."""
import argparse
import contextlib
import hashlib
import json
import os
import re
import shlex
import sys
import tempfile

from . import bundle as bundles
from .cms import Trust
from .frames import Refused
from .verdict import parse_receipt

KINDS = ("file directory symlink disk partition memory capture stream document character-device "
         "block-device fifo socket").split()
STATES = "complete partial aborted not-acquired".split()


class Usage(Exception):
    pass


class Arguments(argparse.ArgumentParser):
    def error(self, message):
        raise Usage(message)


def arguments():
    parser = Arguments(prog="bukti-verify", description="Verifies Bukti bundles, from spec/bukti.md.")
    actions = parser.add_subparsers(dest="action", required=True, parser_class=Arguments)
    verify = actions.add_parser("verify", help="say what holds")
    verify.add_argument("files", nargs="+", metavar="FILE", help="volumes in order, or - for a pipe")
    verify.add_argument("--json", action="store_true", help="report.schema.json")
    verify.add_argument("--roots", action="append", default=[], metavar="PEM")
    verify.add_argument("--pin", action="append", default=[], metavar="SHA256")
    verify.add_argument("--receipt", action="append", default=[], metavar="FILE")
    verify.add_argument("--at", type=int, metavar="UNIXTIME")
    verify.add_argument("--require", action="append", default=[],
                        choices=("whole", "existed-by", "custody"))
    verify.add_argument("--max-plain", type=int, default=1 << 43, metavar="N")
    items = actions.add_parser("list", help="list the items")
    items.add_argument("files", nargs=1, metavar="FILE")
    items.add_argument("--json", action="store_true")
    extract = actions.add_parser("extract", help="write one item to a new file")
    extract.add_argument("files", nargs=1, metavar="FILE")
    extract.add_argument("item", type=int)
    extract.add_argument("target")
    return parser


def shown(text):
    """Text or bytes for a terminal: no control, no bidi control, no invalid UTF-8 gets through."""
    text = text.decode("utf-8", "surrogateescape") if isinstance(text, bytes) else text
    return "".join(c if c.isprintable() and c != "\\" and not "\ud800" <= c <= "\udfff" else
                   "\\x%02x" % (ord(c) - 0xDC00) if 0xDC80 <= ord(c) <= 0xDCFF else
                   "\\u{%x}" % ord(c) for c in text)


def say(text=""):
    sys.stdout.buffer.write((text + "\n").encode("utf-8", "backslashreplace"))


def verify(options):
    pins = [pin.lower().replace(":", "") for pin in options.pin]
    if any(not re.fullmatch("[0-9a-f]{64}", pin) for pin in pins):
        raise Usage("a pin is the SHA-256 of a certificate in 64 hexadecimal digits")
    receipts = []
    for path in options.receipt:
        with open(path, "rb") as file:
            receipts.append(parse_receipt(file.read(4096)))
        if receipts[-1] is None:
            raise Usage("%s: not a receipt" % path)
    for path in options.roots:
        open(path, "rb").close()
    trust = Trust(options.roots, pins, options.at)
    paths = bundles.volumes_of(options.files)
    with contextlib.ExitStack() as stack:
        files = [sys.stdin.buffer if path == "-" else stack.enter_context(open(path, "rb"))
                 for path in paths]
        report, reader = bundles.verify(files, trust, receipts, options.max_plain)
    if options.json:
        say(json.dumps(report, indent=1, sort_keys=True))
    else:
        print_report(report, reader, paths, trust)
    return exit_code(report, options.require)


def exit_code(report, require):
    asked = ["intact", "complete", "signed-by"] + [r for r in require if r != "whole"]
    verdicts = {report["claims"][claim] for claim in asked}
    if "whole" in require and any(f["effect"] == "exception" for f in report["findings"]):
        return 1
    return 1 if "fails" in verdicts else 2 if "not established" in verdicts else 0


def print_report(report, reader, paths, trust):
    about = report["bundle"]
    say("Bundle %(id)s: %(records)d records, %(bytes)d bytes in %(volumes)d volumes" % about)
    for name, value in sorted((about["case"] or {}).items()):
        say("  case %s: %s" % (name, shown(value)))
    say("  root %s" % (about["root"] or "not known"))
    for claim, verdict in report["claims"].items():
        say("%-11s %s" % (claim, verdict))
    if not trust.program:
        say("signed by: not established, openssl not found")
    elif not trust.cades:
        say("This openssl has no -cades: ESS was checked by this program alone.")
    for f in report["findings"]:
        place = ["%s %s" % (n, f[n]) for n in ("record", "item", "volume", "offset", "length")
                 if f[n] is not None]
        say("%s (%s: %s) %s\n  %s. %s" % (f["code"], f["claim"], f["effect"], ", ".join(place),
                                          f["message"].capitalize(), f["do"]))
    for seal, read in zip(report["seals"], reader.seals):
        say("Seal %d: %s, root %s" % (seal["record"], seal["status"], seal["root"]))
        for s in seal["signatures"]:
            say("  %s by %s (%s), trust: %s%s; %s" % (
                s["mathematics"], shown(s["subject"] or "?"), s["certificate"], s["trust"],
                "" if s["counts"] else ", does not count", s["reason"]))
        if seal["signatures"]:
            repeat(read, paths[read.volume], trust)
    for r in report["receipts"]:
        say("Receipt %s, %d records: %s" % (r["origin"], r["size"], r["outcome"]))
    say("Receipts held against it: %d. What no reading of this file can show:" % len(report["receipts"]))
    for line in report["not-shown"]:
        say("  - " + line)


def repeat(seal, path, trust):
    """The commands that repeat the check with nothing but openssl."""
    for name, (at, size) in zip(["checkpoint.txt"] + ["seal%d.p7s" % n for n in range(99)], seal.places):
        say("    tail -c +%d %s | head -c %d > %s" % (
            seal.at + at + 1, shlex.quote(shown(path)), size, name))
    for number in range(len(seal.places) - 1):
        say("    openssl cms -verify %s-binary -purpose any -inform DER -in seal%d.p7s -content "
            "checkpoint.txt -CAfile %s -out /dev/null%s" % (
                "-cades " if trust.cades else "", number, shown(trust.roots[0]) if trust.roots else
                "roots.pem", " -attime %d" % trust.at if trust.at is not None else ""))


def name_of(raw):
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return {"text": raw.decode("utf-8", "replace"), "bytes": raw.hex()}
    return text if text.isprintable() else {"text": text, "bytes": raw.hex()}


def list_items(options):
    bundle, rows = bundles.Bundle(*options.files), []
    for record, item, body, session, _ in bundle.items():
        seal = next((s.number for s in bundle.reader.seals if s.number > record and s.judged), None)
        body = body or {}
        rows.append({"id": item, "record": record, "name": body.get(2), "size": body.get(3),
                     "kind": KINDS[body[1] - 1] if body else None, "session": session,
                     "state": STATES[body[4] - 1] if body else None, "sealed-by": seal,
                     "sha256": body[5][1].hex() if 5 in body else None})
    for row in rows:
        if options.json:
            row["name"] = row["name"] and name_of(row["name"])
        else:
            say("%(id)d  %(kind)s  %(size)s  %(state)s  sealed by %(sealed-by)s  " % row
                + (shown(row["name"]) if row["name"] else "(withheld)"))
    if options.json:
        say(json.dumps(rows, indent=1, sort_keys=True))
    return 0


def extract(options):
    bundle = bundles.Bundle(*options.files)
    if os.path.lexists(options.target):
        raise FileExistsError(options.target)
    body = next((body for _, item, body, _, _ in bundle.items() if item == options.item), None)
    if not body or 5 not in body:
        raise FileNotFoundError("item %d is not there, or has no bytes that can be read" % options.item)
    source, digest = bundle.item(options.item), hashlib.sha256()
    handle, temporary = tempfile.mkstemp(prefix=".bukti-", dir=os.path.dirname(options.target) or ".")
    try:
        with open(handle, "wb") as file:
            for _, _, _, length, frame in source.raw.extents:
                for at in range(0, length, 1 << 20):
                    part = source.read(min(1 << 20, length - at))
                    file.write(part)
                    if frame.kind != 6 or 14 not in body:  # [B-ITM-8]
                        digest.update(part)
        if digest.digest() != body[5][1]:
            print("bukti-verify: item-digest: nothing was written", file=sys.stderr)
            return 1
        try:
            os.link(temporary, options.target)  # never replaces a file
        except FileExistsError:
            raise
        except OSError:  # a medium without links
            if os.path.lexists(options.target):
                raise FileExistsError(options.target) from None
            os.rename(temporary, options.target)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
    return 0


def main(argv=None):
    try:
        options = arguments().parse_args(argv)
        return {"verify": verify, "list": list_items, "extract": extract}[options.action](options)
    except Usage as wrong:
        code, words = 64, wrong
    except Refused as wrong:
        code, words = 65, wrong
    except FileNotFoundError as wrong:
        code, words = 66, wrong
    except FileExistsError as wrong:
        code, words = 73, "exists: %s" % wrong
    except OSError as wrong:
        code, words = 74, wrong
    except KeyboardInterrupt:
        code, words = 130, "interrupted"
    print("bukti-verify: %s" % shown(str(words)), file=sys.stderr)
    return code
