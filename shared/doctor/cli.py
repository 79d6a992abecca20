"""`vidare doctor`."""

import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from itertools import chain

import click

from shared.doctor import deliveries, processes_here, queues, servers
from shared.doctor.examine import examine
from shared.doctor.finding import Finding, Question
from shared.runtime.processes import ProcessSettings
from shared.settings import read

_COLOURS = {"ok": "green", "warning": "yellow", "critical": "red"}


@click.command()
def doctor() -> None:
    """Check servers, processes, queues and events. Exit status 1 when something does not work."""
    settings = read(ProcessSettings)
    ours = chain.from_iterable(part.questions(settings) for part in (servers, processes_here, queues, deliveries))
    critical = 0
    for about, finding in examine(chain(ours, _of_services())):
        _show(about, finding)
        critical += finding.state == "critical"
    sys.exit(1 if critical else 0)


def _of_services() -> Iterator[Question]:
    """Each service registers its questions in the entry-point group `vidare.doctor`."""
    for entry in sorted(entry_points(group="vidare.doctor"), key=lambda entry: entry.name):
        yield from entry.load()()


def _show(about: str, finding: Finding) -> None:
    click.echo(f"{click.style(f'{finding.state:8}', fg=_COLOURS[finding.state])}  {about:14} {finding.says}")
    if finding.advice:
        click.echo(f"{'':25}→ {finding.advice}")
