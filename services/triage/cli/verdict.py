"""Commands whose exit status is an answer: 0 and 1 say yes and no, 2 that there is none."""

from collections.abc import Iterator
from contextlib import contextmanager

import click


class NoVerdict(click.ClickException):
    """There is no answer; 1 would be one."""

    exit_code = 2


@contextmanager
def verdict() -> Iterator[None]:
    """Whatever keeps a command from its answer ends it with 2. Raises NoVerdict in place of ClickException."""
    try:
        yield
    except click.UsageError:
        raise
    except click.ClickException as error:
        raise NoVerdict(error.message) from error
