"""`vidare serve NAME` runs one of our processes; `vidare serve NAME --check` checks whether it serves."""

import sys
from collections.abc import Sequence

import click

from shared.runtime.processes import PROCESSES, Beat, Daemon, ProcessSettings, Web, Worker, process
from shared.settings import SettingsError, read


@click.command("serve")
@click.argument("name", type=click.Choice([each.name for each in PROCESSES]))
@click.option("--check", is_flag=True, help="Start nothing; exit with 0 when it serves, 1 when it does not.")
def serve(name: str, check: bool) -> None:
    """Run the process NAME until SIGTERM."""
    settings = read(ProcessSettings)
    if check:
        from shared.runtime import liveness

        sys.exit(0 if liveness.serves(process(name), settings) else 1)
    _run(name, settings)


def _run(name: str, settings: ProcessSettings) -> None:
    # Imported here, so that each process loads only what it runs.
    match process(name):
        case Web() as web:
            from shared.runtime.web import run as run_web

            run_web(web, settings)
        case Worker() as worker:
            from shared.runtime.worker import run as run_worker

            run_worker(worker, settings)
        case Beat() as beat:
            from shared.runtime.beat import run as run_beat

            run_beat(beat, settings)
        case Daemon() as daemon:
            from importlib import import_module

            import_module(daemon.module).main()


def main(arguments: Sequence[str] | None = None) -> None:
    """As `vidare serve`, without loading the other commands. `arguments`: in place of the command line's."""
    try:
        serve(arguments, prog_name="vidare serve")
    except SettingsError as error:
        for problem in error.problems:
            click.echo(f"vidare: {problem}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
