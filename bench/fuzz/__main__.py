"""`make fuzz`: hostile files, mails and rules for so many seconds each. Inputs that break a target are kept and printed."""

import subprocess
import sys
import tempfile
from pathlib import Path

import click

NAMES = ("upload", "mail", "rules")


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(NAMES))
@click.option("--seconds", type=click.IntRange(1, 3600), default=60, show_default=True, help="For each target.")
def main(names: tuple[str, ...], seconds: int) -> None:
    """Fuzz the targets NAMES (all, if none is named); exit status 1 if one of them broke."""
    broken = []
    for name in names or NAMES:
        folder = Path(tempfile.mkdtemp(prefix=f"vidare-fuzz-{name}-"))
        print(f"{name}: {seconds} s …", flush=True)
        command = [sys.executable, "-m", "bench.fuzz.one", name, str(folder), str(seconds)]
        with (folder / "log").open("wb") as log:
            ended = subprocess.run(command, stdout=log, stderr=log, check=False)
        if ended.returncode != 0:
            broken.append(name)
            print(f"{name}: BROKEN, see {', '.join(str(one) for one in folder.iterdir() if one.is_file())}")
        else:
            print(f"{name}: nothing broke it")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
