"""Everything running, as `make run` starts it, and the load generator on the same cores."""

from bench.whole.rows import rows

__all__ = ["rows"]
