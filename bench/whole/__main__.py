"""`python -m bench.whole [part …]`: some figures of the whole system, or all of them in less time."""

import click

from bench.whole.rows import PARTS, Sizes, rows

_DEFAULT = Sizes()


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(PARTS))
@click.option("--seconds", default=_DEFAULT.seconds, help="Of each case of a form, and of each sustained rate.")
@click.option("--api-seconds", default=_DEFAULT.api_seconds, help="Of the tickets posted without fetching.")
@click.option("--peer-seconds", default=_DEFAULT.peer_seconds, help="Of each case of a peer.")
@click.option("--tickets", default=_DEFAULT.tickets, help="Seen before the memory is read.")
@click.option("--open-tickets", default=_DEFAULT.open_tickets, help="Of the idle stack.")
def main(
    parts: tuple[str, ...], seconds: float, api_seconds: float, peer_seconds: float, tickets: int, open_tickets: int
) -> None:
    """Print each figure as it is measured; PARTS: those that are wanted, by default all."""
    for row in rows(Sizes(seconds, api_seconds, peer_seconds, tickets, open_tickets), parts or PARTS):
        click.echo(str(row))


if __name__ == "__main__":
    main()
