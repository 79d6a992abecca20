"""Leases on rows, and owners whose advisory lock proves that they live."""

import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import Connection, Engine, text

from shared.storage.database import autocommit
from shared.storage.leases import LEASE, RELEASE, STILL_OURS, Owner, is_free, is_reclaimable, safe_until
from tests.polling import eventually

_TAKE = text(f"update test_jobs set {LEASE} where id = 1 returning id")
_FREE = text(f"select {is_free('j')} as free, {is_reclaimable('j')} as reclaimable from test_jobs j")
_WRITE = text(f"update test_jobs set {RELEASE} where {STILL_OURS}")


@pytest.fixture
def jobs(engine: Engine) -> Iterator[Engine]:
    """A table with one row."""
    with engine.begin() as connection:
        connection.execute(text("create table test_jobs (id integer, owner bigint, leased_until timestamptz)"))
        connection.execute(text("insert into test_jobs values (1)"))
    yield engine
    with engine.begin() as connection:
        connection.execute(text("drop table test_jobs"))


def free_and_reclaimable(engine: Engine) -> tuple[bool, bool]:
    with engine.connect() as connection:
        row = connection.execute(_FREE).one()
    return row.free, row.reclaimable


def end_session(engine: Engine, connection: Connection) -> None:
    pid = connection.execute(text("select pg_backend_pid()")).scalar()
    with engine.connect() as other:
        other.execute(text("select pg_terminate_backend(:pid, 5000)"), {"pid": pid})


def test_a_row_is_leased_until_its_owner_releases_it(jobs: Engine) -> None:
    assert free_and_reclaimable(jobs) == (True, True)
    with autocommit(jobs) as connection, closing(Owner(connection)) as owner:
        connection.execute(_TAKE, {"owner": owner.number, "lease": 60})
        assert free_and_reclaimable(jobs) == (False, False)
        assert connection.execute(_WRITE, {"owner": owner.number + 1}).rowcount == 0
        assert connection.execute(_WRITE, {"owner": owner.number}).rowcount == 1
    assert free_and_reclaimable(jobs) == (True, True)


def test_a_row_whose_lease_ended_is_free_though_its_owner_lives(jobs: Engine) -> None:
    with autocommit(jobs) as connection, closing(Owner(connection)) as owner:
        connection.execute(_TAKE, {"owner": owner.number, "lease": 0})
        assert free_and_reclaimable(jobs) == (True, True)


def test_the_row_of_an_owner_whose_session_ended_is_reclaimable_before_its_lease_ends(jobs: Engine) -> None:
    with autocommit(jobs) as connection:
        owner = Owner(connection)
        connection.execute(_TAKE, {"owner": owner.number, "lease": 600})
        assert owner.is_alive()
        end_session(jobs, connection)
        eventually(lambda: not owner.is_alive())
        assert free_and_reclaimable(jobs) == (False, True)
        owner.close()
        assert connection.invalidated


def test_a_connection_returns_to_the_pool_without_locks(jobs: Engine) -> None:
    with autocommit(jobs) as connection, closing(Owner(connection)):
        pid = connection.execute(text("select pg_backend_pid()")).scalar()
    with jobs.connect() as connection:
        held = text("select count(*) from pg_locks where locktype = 'advisory' and pid = :pid")
        assert connection.execute(held, {"pid": pid}).scalar() == 0


def test_work_may_begin_in_the_first_three_quarters_of_a_lease() -> None:
    assert safe_until(1000) == pytest.approx(time.monotonic() + 750, abs=5)
