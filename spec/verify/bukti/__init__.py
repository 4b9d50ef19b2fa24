"""An independent verifier of Bukti bundles, written from spec/bukti.md alone."""
from .bundle import Bundle, verify  # noqa: F401
from .frames import Refused  # noqa: F401
