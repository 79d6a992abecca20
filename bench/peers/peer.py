"""What all peers have in common: their servers, how they are served, and what a visitor does."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.harness.programs import program
from bench.visits.form import File
from bench.visits.visits import Visit
from local.ports import free_ports, is_listening
from local.servers import mail_sink, postgres

PASSWORD = "bench-password"
# Ours has 16 threads in one process, and processes for the work behind it. A peer does everything in the request: a process a core.
PROCESSES, THREADS = 2, 8

VisitOf = Callable[[int], Visit]


@dataclass(frozen=True)
class Peer:
    """A running peer. `fetching`: visits that fetch the form and post it, with a file or without; `posting`: that only post.
    `in_mailbox`: e-mails delivered so far."""

    name: str
    port: int
    fetching: Callable[[File | None], VisitOf]
    posting: Callable[[], VisitOf]
    in_mailbox: Callable[[], int]


@dataclass(frozen=True)
class Servers:
    """PostgreSQL and a mailbox, as in our own stack."""

    database_port: int
    mail_port: int
    maildir: Path

    def mails(self) -> int:
        """How many the mailbox has."""
        return len(os.listdir(self.maildir / "new"))


@contextmanager
def servers(folder: Path) -> Iterator[Servers]:
    """They run until the block ends."""
    with ExitStack() as stack:
        database_port, mail_port = free_ports(2)
        stack.callback(postgres.start(folder, database_port, password=PASSWORD).stop)
        stack.callback(mail_sink.start(folder, mail_port).stop)
        yield Servers(database_port, mail_port, mail_sink.maildir(folder))


@contextmanager
def served(python: str, application: str, folder: Path, port: int) -> Iterator[None]:
    """A WSGI application on gunicorn, which both peers' documents describe, until the block ends. Its threads keep connections open."""
    words = ["-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(PROCESSES), "--threads", str(THREADS)]
    words += ["--preload", "--log-level", "error", application]
    with program(words, {}, lambda: is_listening("127.0.0.1", port), python=python, folder=folder):
        yield


def call(*command: str, folder: Path, given: str = "") -> None:
    """Run a command of the set-up. Raises RuntimeError with what it said."""
    done = subprocess.run(command, cwd=folder, input=given, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
