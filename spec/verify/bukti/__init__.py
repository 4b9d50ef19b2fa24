"""An independent verifier of Bukti bundles, written from ../../bukti.md alone.

Read shape (CBOR and the two files of tables), frames, tree, reader (one pass), rules (what each
record must be), verdict (the claims), cms (signatures), log (logs), bundle and command, in this order.
"""
from .bundle import Bundle, verify  # noqa: F401
from .frames import Refused  # noqa: F401
