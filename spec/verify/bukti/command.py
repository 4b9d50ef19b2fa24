"""The command: arguments, words for people, exit codes."""
import argparse, contextlib, datetime, hashlib, json, os, re, shlex, sys, uuid

from .bundle import Bundle
from .cms import Trust
from .compare import Apart, compare, read
from .frames import Refused
from .log import BadKey, Logs
from .proof import Proof
from .shape import LIMIT, NAMES, must
from .tree import parse_receipt
from .verdict import HOLDS

USAGE = """bukti-verify verify FILE... [options]   say what holds; volumes in order, or - for a pipe
       bukti-verify list FILE [--json]          list the items
       bukti-verify extract FILE ITEM TARGET    write one item to a new file
       bukti-verify verify-proof FILE [options] say what a proof of a part shows
       bukti-verify compare FILE FILE [options] say where two copies of one bundle part"""
PLACE = ("record", "item", "volume", "offset", "length")

class Usage(Exception):
    pass

class Arguments(argparse.ArgumentParser):
    def error(self, message):
        raise Usage(message)

def arguments(argv):
    parser = Arguments(usage=USAGE, description="Verifies Bukti bundles, from spec/bukti.md.")
    parser.add_argument("action", choices=tuple(ACTIONS), help=argparse.SUPPRESS)
    parser.add_argument("files", nargs="+", help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="as spec/report.schema.json says")
    for name, metavar, text in (
            ("--roots", "PEM", "certificates trusted as roots"),
            ("--pin", "SHA256", "fingerprint of a trusted certificate"),
            ("--receipt", "FILE", "a receipt to hold the bundle against"),
            ("--log-key", "FILE", "the key of a log that proofs are of"),
            ("--witness-key", "FILE", "the key of a log's witness"),
            ("--require", "CLAIM", "whole, existed-by, custody or log, too")):
        parser.add_argument(name, action="append", default=[], metavar=metavar, help=text)
    for name, metavar, text in (
            ("--content", "FILE", "the bytes that a proof is about"),
            ("--to", "FILE", "write the bytes of a proof's range to a new file"),
            ("--export", "DIR", "write a proof's checkpoint and signatures for openssl")):
        parser.add_argument(name, metavar=metavar, help=text)
    parser.add_argument("--at", type=int, metavar="UNIXTIME", help="when paths to roots must hold")
    parser.add_argument("--max-plain", type=int, default=LIMIT["default-max-plain"], metavar="N",
                        help="stop decoding after N bytes")
    options = parser.parse_args(argv)
    wrong = [claim for claim in options.require if claim not in ("whole", "existed-by", "custody", "log")]
    must(not wrong, "--require %s is not known" % wrong, Usage)
    count = {"verify": len(options.files), "extract": 3, "compare": 2}.get(options.action, 1)
    must(len(options.files) == count, "usage: " + USAGE, Usage)
    return options

def shown(text):
    """Text or bytes for a terminal: no control, no bidi control, no invalid UTF-8 gets through."""
    text = text.decode("utf-8", "surrogateescape") if isinstance(text, bytes) else text
    return "".join(c if c.isprintable() and c != "\\" and not "\ud800" <= c <= "\udfff" else
                   "\\x%02x" % (ord(c) - 0xDC00) if 0xDC80 <= ord(c) <= 0xDCFF else
                   "\\u{%x}" % ord(c) for c in text)

def say(text):
    sys.stdout.buffer.write((text + "\n").encode("utf-8", "backslashreplace"))

def say_json(value):
    say(json.dumps(value, indent=1, sort_keys=True))

def receipt_lines(data):
    """The three lines, from JSON that holds them too, and from what a phone or a mail made of them."""
    if data.startswith(b"{"):
        try:
            data = json.loads(data)["checkpoint"].encode()
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            pass
    return data.replace(b"\r", b"").rstrip(b"\n") + b"\n"

def given(options):
    """Whom the operator trusts, and the receipts."""
    pins = [pin.lower().replace(":", "") for pin in options.pin]
    must(all(re.fullmatch("[0-9a-f]{64}", pin) for pin in pins),
         "a pin is the SHA-256 of a certificate in 64 hexadecimal digits", Usage)
    receipts = []
    for path in options.receipt:
        with open(path, "rb") as file:
            receipts.append(parse_receipt(receipt_lines(file.read(4096))))
        must(receipts[-1], "%s: not a receipt" % path, Usage)
    for path in options.roots:
        open(path, "rb").close()
    return Trust(options.roots, pins, options.at), receipts

def log_keys(options):
    lines = []
    for paths in (options.log_key, options.witness_key):
        lines.append([])
        for path in paths:
            with open(path, "rb") as file:
                lines[-1].append(file.read(1 << 20))
    try:
        return Logs(*lines)
    except BadKey as wrong:
        raise Usage("log-key-invalid: %s" % wrong) from None

def verify(options):
    trust, receipts = given(options)
    bundle = Bundle(*options.files)
    logs = log_keys(options)
    report = bundle.verify(trust=trust, receipts=receipts, max_plain=options.max_plain, logs=logs)
    say_json(report) if options.json else print_report(report, trust, bundle)
    code = exit_code(report, {"intact", "complete", "signed-by"}, options, bundle.reader.effects)
    logged = report["seals"] and any(
        log["outcome"] == "holds" and log["seal"] == report["seals"][-1]["record"]
        for log in report["log-proofs"])
    return 2 if code == 0 and "log" in options.require and not logged else code

def exit_code(report, asked, options, effects):
    """effects: (claim, effect) of every finding, listed or only counted."""
    verdicts = {report["claims"].get(claim) for claim in {*asked, *options.require}}
    if "whole" in options.require and any(effect == "exception" for _, effect in effects):
        return 1
    return 1 if "fails" in verdicts else 2 if "not established" in verdicts else 0

def print_report(report, trust, bundle):
    about = report["bundle"]
    say("Bundle %(id)s: %(records)d records, %(bytes)d bytes in %(volumes)d volumes" % about)
    for name, value in sorted((about["case"] or {}).items()):
        say("  case %s: %s" % (name, shown(value)))
    say("  root %s" % (about["root"] or "not known"))
    excepted = {claim for claim, effect in bundle.reader.effects if effect == "exception"}
    for claim, verdict in report["claims"].items():
        say("%-11s %s" % (claim, verdict))
        if verdict == "holds":
            say("  " + ("with exceptions" if claim in excepted else HOLDS[claim]))
    say("Signatures were checked with %s, %s." % (trust.program, trust.version.strip())
        if trust.program else "signed by: not established, openssl not found")
    if trust.program and "-cades" not in trust.options:
        say("This openssl has no -cades: ESS was checked by this program alone.")
    for finding in report["findings"]:
        place = ["%s %s" % (name, finding[name]) for name in PLACE if finding[name] is not None]
        say("%(code)s (%(claim)s: %(effect)s) {}\n  %(message)s. %(do)s".replace(
            "{}", ", ".join(place)) % finding)
    if "findings-dropped" in report:
        say("%d more findings were counted for the claims and are not listed."
            % report["findings-dropped"])
    for seal, read in zip(report["seals"], bundle.reader.seals):
        say("Seal %(record)d: %(status)s, root %(root)s" % seal)
        for signature in seal["signatures"]:
            say_signature(signature)
        for signature in seal.get("counter-signatures", ()):
            say("  added in record %(record)d:" % signature)
            say_signature({**signature, "counts": False})
        repeat(read.places if seal["signatures"] else (), bundle.paths, trust)
    for receipt in report["receipts"]:
        say("Receipt %(origin)s, %(size)d records: %(outcome)s" % receipt)
    for log in report["log-proofs"]:
        say("Log proof, record %d, of the seal %d: %s. %s" % (
            log["record"], log["seal"], log["outcome"], shown(log["reason"])))
        if log["origin"] is not None:
            say("  entry %d of %d of %s, root %s" % (
                log["index"], log["size"], shown(log["origin"]), log["root"]))
        for signature in log["signatures"]:
            say("  %s %s %s: %s%s" % (
                signature["role"], shown(signature["name"]), signature["key"],
                signature["mathematics"], "" if signature["time"] is None else
                ", saw it at %s by its own clock" % when(signature["time"])))
    say("Receipts held against it: %d." % len(report["receipts"]))
    say("What no reading of this file can show:")
    for line in report["not-shown"]:
        say("  - " + line)

def when(seconds):
    try:
        return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime(
            "%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, OSError, ValueError):
        return "%d s after 1970" % seconds

def say_signature(signature):
    counts = "counts" if signature["counts"] else "does not count"
    say("  %(mathematics)s by %(subject)s (%(certificate)s), trust: %(trust)s, %(counts)s for its "
        "session; %(reason)s" % {
            **signature, "counts": counts, "subject": shown(signature["subject"] or "?")})

def repeat(places, paths, trust):
    """The commands that repeat the check of a seal with nothing but openssl."""
    names = ["checkpoint.txt"] + ["seal%d.p7s" % n for n in range(len(places))]
    for name, (volume, at, size) in zip(names, places):
        say("    tail -c +%d %s | head -c %d > %s" % (
            at + 1, shlex.quote(shown(paths[volume])), size, name))
    for name in names[1:len(places)]:
        say("    openssl cms -verify %s-binary -purpose any -inform DER -in %s -content "
            "checkpoint.txt -CAfile %s -out /dev/null" % (
                "-cades " if "-cades" in trust.options else "", name,
                shlex.quote(shown(trust.roots[0])) if trust.roots else "roots.pem"))

def verify_proof(options):
    trust, receipts = given(options)
    (path,), content = options.files, None
    if options.content:
        with open(options.content, "rb") as file:
            digest, size = hashlib.sha256(), 0
            for part in iter(lambda: file.read(1 << 20), b""):
                digest.update(part)
                size += len(part)
            content = size, digest.hexdigest()
    must(not options.to or not os.path.lexists(options.to), options.to, FileExistsError)
    temporary = "%s.%d.part" % (options.to or "none", os.getpid())
    with contextlib.ExitStack() as stack:
        stack.callback(lambda: os.path.lexists(temporary) and os.unlink(temporary))
        out = stack.enter_context(open(temporary, "xb")) if options.to else None
        source = sys.stdin.buffer if path == "-" else stack.enter_context(open(path, "rb"))
        proof = Proof(source, out)
        report = proof.report(trust, content, receipts)
        must(not options.to or proof.range or not proof.included,
             "the proof has no range: there is nothing to write", Usage)
        claims = report["claims"]
        if options.to and proof.included and "fails" not in (claims["included"], claims["counted"]):
            out.close()
            open(options.to, "xb").close()  # a name that is taken in the meantime is refused
            os.replace(temporary, options.to)
    if options.export:
        export(proof, options.export)
    say_json(report) if options.json else print_proof(report, trust, options.export)
    asked = {"included", "counted", "signed-by"} | ({"content"} if content or proof.range else set())
    return exit_code(report, asked, options,
                     {(f["claim"], f["effect"]) for f in report["findings"]})

def export(proof, folder):
    os.makedirs(folder, exist_ok=True)
    for name, data in [("checkpoint.txt", proof.body[1])] + [
            ("signature%s.p7s" % ("-%d" % n if n > 1 else ""), data)
            for n, data in enumerate(proof.body[2], 1)]:
        with open(os.path.join(folder, name), "xb") as file:
            file.write(data)

def print_proof(report, trust, folder):
    for name in ("bundle", "session", "item", "range"):
        for key, value in (report[name] or {}).items():
            say("%-8s %-9s %s" % (name, key, shown(str(value))))
    for claim, verdict in report["claims"].items():
        say("%-11s %s" % (claim, verdict))
    say("Signatures were checked with %s, %s." % (trust.program, trust.version.strip())
        if trust.program else "signed by: not established, openssl not found")
    for finding in report["findings"]:
        say("%(code)s (%(claim)s: %(effect)s) {}\n  %(message)s. %(do)s".replace(
            "{}", "" if finding["record"] is None else "record %(record)d") % finding)
    for signature in report["signatures"]:
        say_signature(signature)
    if folder:
        say("    openssl cms -verify %s-binary -purpose any -inform DER -in %s -content %s "
            "-CAfile roots.pem -out /dev/null" % (
                "-cades " if "-cades" in trust.options else "",
                shlex.quote(shown(os.path.join(folder, "signature.p7s"))),
                shlex.quote(shown(os.path.join(folder, "checkpoint.txt")))))
    for receipt in report["receipts"]:
        say("Receipt %(origin)s, %(size)d records: %(outcome)s" % receipt)
    say("What no proof of a part can show:")
    for line in report["not-shown"]:
        say("  - " + line)

WORDS = {"same": "Both hold the same %(common)d records.",
         "first-extends": "The first extends the second: it holds all its %(common)d records, and more.",
         "second-extends": "The second extends the first: it holds all its %(common)d records, and more.",
         "branch": "Both begin with the same %(common)d records; then each is a branch of its own, and says so.",
         "fork": "Both begin with the same %(common)d records; then each goes its own way, and neither says so."}

def compare_copies(options):
    trust, _ = given(options)
    one, other = (read(path, trust) for path in options.files)
    found = compare(one, other)
    for side in (found["first"], found["second"]):
        for item in side["items"]:
            item["name"] = None if item["name"] is None else shown(item["name"])
    if options.json:
        say_json({"bundle": str(uuid.UUID(bytes=one.bundle)), **found})
    else:
        print_comparison(found, options.files, (one, other))
    return int(found["relation"] == "fork")

def print_comparison(found, paths, copies):
    say(WORDS[found["relation"]] % found)
    say("  root over them: %s" % (found["root"] or "none"))
    for path, name, one in zip(paths, ("first", "second"), copies):
        side = found[name]
        say("%s: %d records, %d of them alone, root %s, %s" % (
            shown(path), side["records"], side["alone"], side["root"],
            "branch " + side["branch"] if side["branch"] else "no branch"))
        for session in side["sessions"]:
            say("  session in record %d, %s, %s: %s" % (
                session["record"], session["at"] or "at an unknown time", shown(session["by"]),
                shown(session["why"])))
        for item in side["items"]:
            say("  item %d %s, %s bytes" % (item["item"], item["name"], item["size"]))
        for seal in side["seals"]:
            for signer in seal["signers"]:
                say("  seal in record %d: %s, %s, by %s (%s)" % (
                    seal["record"], signer["signature"], signer["trust"], shown(signer["subject"] or "?"),
                    signer["certificate"]))
        if one.next > side["records"] + 1:
            say("  %d records follow the last seal, and are not compared" % (one.next - side["records"] - 1))
    say("Whether a copy is whole, and whether its items hold, is for verify to say.")

def json_name(raw):
    text = raw.decode("utf-8", "replace")
    plain = text.isprintable() and text.encode("utf-8") == raw
    return text if plain else {"text": text, "bytes": raw.hex()}

def list_items(options):
    bundle, rows = Bundle(*options.files), []
    for record, item, body, session, _ in bundle.items():
        row = {"id": item, "record": record, "session": session,
               "sealed-by": bundle.sealed_by(record),
               **dict.fromkeys(("name", "size", "kind", "state", "sha256"))}
        if body:
            row.update({"name": json_name(body[2]) if options.json else shown(body[2]),
                        "size": body[3], "kind": NAMES["item kind"][body[1] - 1],
                        "state": NAMES["item state"][body[4] - 1],
                        "sha256": body[5][1].hex() if 5 in body else None})
        rows.append(row)
    if options.json:
        say_json(rows)
    for row in () if options.json else rows:
        say("%(id)d  %(kind)s  %(size)s  %(state)s  sealed by %(sealed-by)s  %(name)s" % row)
    return 0

def extract(options):
    """The target takes its name when the item's digest holds; nothing is replaced."""
    path, number, target = options.files
    must(number.isdigit(), "an item is named by its number", Usage)
    must(not os.path.lexists(target), target, FileExistsError)
    bundle = Bundle(path)
    body = next((body for _, item, body, _, _ in bundle.items() if item == int(number)), None)
    must(body and 5 in body, "item %s is not there, or has no bytes that can be read" % number,
         FileNotFoundError)
    source, digest = bundle.item(int(number)), hashlib.sha256()
    temporary = "%s.%d.part" % (target, os.getpid())
    try:
        with open(temporary, "xb") as file:
            for _, _, _, length, frame in source.raw.extents:
                for at in range(0, length, 1 << 20):
                    part = source.read(min(1 << 20, length - at))
                    file.write(part)
                    if frame.kind != 6 or 14 not in body:  # [B-ITM-8]
                        digest.update(part)
        if digest.digest() != body[5][1]:
            print("bukti-verify: item-digest: nothing was written", file=sys.stderr)
            return 1
        open(target, "xb").close()  # a name that is taken in the meantime is refused
        os.replace(temporary, target)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
    return 0

ACTIONS = {"verify": verify, "list": list_items, "extract": extract, "verify-proof": verify_proof,
           "compare": compare_copies}
EXITS = {Apart: 1, Usage: 64, Refused: 65, FileNotFoundError: 66, FileExistsError: 73, OSError: 74,
         KeyboardInterrupt: 130}

def main(argv=None):
    try:
        options = arguments(argv)
        return ACTIONS[options.action](options)
    except tuple(EXITS) as wrong:
        print("bukti-verify: %s" % shown(str(wrong) or type(wrong).__name__), file=sys.stderr)
        return next(code for kind, code in EXITS.items() if isinstance(wrong, kind))
