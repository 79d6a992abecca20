"""Whether a process serves: for the local stack when it starts one, and for compose's health checks."""

import http.client
import socket

import psycopg

from shared.runtime import heartbeat
from shared.runtime.addresses import reachable
from shared.runtime.processes import Beat, Daemon, Process, ProcessSettings, Web, Worker

PATIENCE = 5  # seconds for an answer


def serves(process: Process, settings: ProcessSettings) -> bool:
    """Whether it does its work: a web process answers /readyz, a worker's heartbeat is fresh, a daemon listens or holds
    its connection to Postgres."""
    match process:
        case Web():
            return _answers(settings, process.offset)
        case Worker() | Beat():
            return heartbeat.is_fresh(heartbeat.file_of(settings, process.name))
        case Daemon():
            listens = process.offset is None or _listens(settings, process.offset)
            return listens and (process.application is None or _is_connected(settings, process.application))


def _answers(settings: ProcessSettings, offset: int) -> bool:
    connection = http.client.HTTPConnection(reachable(settings.bind), settings.base_port + offset, timeout=PATIENCE)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _listens(settings: ProcessSettings, offset: int) -> bool:
    try:
        with socket.create_connection((reachable(settings.bind), settings.base_port + offset), timeout=PATIENCE):
            return True
    except OSError:
        return False


def _is_connected(settings: ProcessSettings, application: str) -> bool:
    address = settings.database_url.replace("postgresql+psycopg://", "postgresql://")
    try:
        with psycopg.connect(address, connect_timeout=PATIENCE) as connection:
            row = connection.execute(
                "select 1 from pg_stat_activity where application_name = %s and datname = current_database()",
                [application],
            ).fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None
