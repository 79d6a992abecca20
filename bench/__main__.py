"""`python -m bench [name …]`: measure the promises of the named parts (default: all), print the table, fail if one is not kept.

All parts together write docs/operate/performance.md and the figures of docs/operate/scale.md.
"""

import sys
from importlib import import_module

from bench.pages import page, scale_page

# Each module has `rows() -> Iterator[Row]`.
PARTS = ("whole", "intake", "triage", "latency", "queue", "bulk", "notify", "rules", "live")


def main() -> int:
    """Print each figure as it is measured; returns 1 when a promise is not kept."""
    named = sys.argv[1:]
    rows = []
    for name in named or PARTS:
        for row in import_module(f"bench.{name}").rows():
            print(row, flush=True)
            rows.append(row)
    if not named:
        page.write(rows)
        scale_page.write(rows)
    return 0 if all(row.kept for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
