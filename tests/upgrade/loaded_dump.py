"""The dumps of earlier versions, each loaded into a database of its own."""

import gzip
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.servers_of_a_run import Servers

DUMPS = {path.name.removesuffix(".sql.gz"): path for path in sorted(Path(__file__).parent.glob("*.sql.gz"))}


def keys_of(version: str) -> dict[str, Any]:
    """What opens the doors of the system that was dumped."""
    keys: dict[str, Any] = json.loads(DUMPS[version].with_name(f"{version}.json").read_text(encoding="utf-8"))
    return keys


@contextmanager
def loaded(version: str, servers: Servers, prefix: str) -> Iterator[str]:
    """The address of a database that holds the dump and is dropped with the block; not migrated."""
    name = f"{prefix}_{version.replace('.', '_')}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    address = f"{servers.database_url.rpartition('/')[0]}/{name}"
    with psycopg.connect(servers.database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(gzip.decompress(DUMPS[version].read_bytes()))
    try:
        yield address
    finally:
        with psycopg.connect(servers.database_url, autocommit=True) as connection:
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
