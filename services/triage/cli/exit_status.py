"""Commands that answer by their exit status: 0 and 1 are answers, 2 means that there is none."""

from collections.abc import Iterator
from contextlib import contextmanager

import click


class NoAnswer(click.ClickException):
    """The command could not answer. Exits with 2, since 1 is an answer."""

    exit_code = 2


@contextmanager
def answers_by_exit_status() -> Iterator[None]:
    """Exit with 2 where the command fails. Raises NoAnswer instead of ClickException."""
    try:
        yield
    except click.UsageError:
        raise
    except click.ClickException as error:
        raise NoAnswer(error.message) from error
