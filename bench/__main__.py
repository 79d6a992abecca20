"""`python -m bench [name …]`: measures what the named parts promise (all unless named), prints the table, fails on a broken one."""

import sys
from importlib import import_module

# Each module has `rows() -> Iterator[Row]`.
PARTS = ("intake", "triage", "queue", "notify", "latency", "rules")


def main() -> int:
    """Print each figure as it is measured; returns 1 when a promise is not kept."""
    kept = True
    for name in sys.argv[1:] or PARTS:
        for row in import_module(f"bench.{name}").rows():
            print(row, flush=True)
            kept = kept and row.kept
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
