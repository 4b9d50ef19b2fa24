"""All files that the generator owns, and their comparison with what lies there."""

import json
import re
import sys

from . import (annotate, attested, edges, invalid_body, invalid_claims, invalid_damage, invalid_derived,
               invalid_frame, invalid_items, invalid_order, invalid_signatures, invalid_volumes, limits, logs, proofs,
               scenarios, scenarios_parties, scenarios_tails, shapes, valid_basic,
               valid_bundle, valid_items)
from .vector import REPOSITORY

HOME = REPOSITORY / "testvectors"
OWNED = ("valid", "invalid", "scenarios", "proofs")
MODULES = [valid_basic, valid_items, valid_bundle, invalid_frame, invalid_body, invalid_damage, invalid_order,
           invalid_items, invalid_derived, invalid_claims, invalid_signatures, invalid_volumes, logs, limits, edges, shapes, scenarios,
           scenarios_tails, scenarios_parties, attested]


def vectors():
    for module in MODULES:
        yield from module.vectors()


def collect(large):
    """path -> bytes of everything below testvectors/, and the bundles of the examples."""
    files, entries = {}, []
    for v in vectors():
        files.update(zip(v.paths(), v.files))
        files.update(v.receipts)
        files.update(v.extra)
        entries.append(v.entry())
    if large:
        for v in valid_bundle.large():
            files.update((f"build/{p}", f) for p, f in zip(v.paths(), v.files))
            entries.append(v.entry())
    else:
        entries += kept()
    names = [e["id"] for e in entries]
    if len(set(names)) != len(names):
        raise SystemExit(f"twice: {sorted(n for n in names if names.count(n) > 1)}")
    manifest = {"manifest": 1, "format": "bukti/1.0", "vectors": entries}
    files["manifest.json"] = written(manifest)
    files.update(proofs.files(written))
    return {HOME / path: data for path, data in files.items()}


def written(manifest):
    """JSON with each innermost object and array on a line of its own."""
    text = json.dumps(manifest, indent=1, ensure_ascii=False)
    return re.sub(r"([{\[])\s+([^{}\[\]]*?)\s+([}\]])",
                  lambda m: m[1] + re.sub(r"\n\s+", " ", m[2]) + m[3], text).encode() + b"\n"


def kept():
    """The entries of vectors too large to be made each time, as --all wrote them."""
    manifest = json.loads((HOME / "manifest.json").read_text())
    return [e for e in manifest["vectors"] if e.get("generated")]


def run(check, large):
    files = collect(large)
    files.update(annotate.files())
    stale = [p for folder in OWNED for p in (HOME / folder).rglob("*")
             if p.is_file() and p not in files]
    differing = [p for p, data in files.items() if not p.exists() or p.read_bytes() != data]
    if check:
        for path in sorted(differing + stale):
            print(f"differs: {path.relative_to(REPOSITORY)}", file=sys.stderr)
        return 1 if differing or stale else 0
    for path in stale:
        path.unlink()
    for path in differing:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(files[path])
    print(f"{len(files)} files, {len(differing)} written, {len(stale)} removed")
    return 0
