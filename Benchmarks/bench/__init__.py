"""Bukti and its peers side by side: `make bench` and `make bench-scale`. Python's standard library alone."""
