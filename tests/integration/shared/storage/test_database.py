"""Connections: one that the server ended is replaced before its use; workers' sessions plan once."""

import pytest
from sqlalchemy import Engine, text

from shared.settings import PlatformSettings
from shared.storage.database import make_engine

_PID = text("select pg_backend_pid()")
_END = text("select pg_terminate_backend(:pid, 5000)")


def test_connections_that_the_server_ended_cost_no_statement(engine: Engine, settings: PlatformSettings) -> None:
    used = make_engine(settings, application="tests-ended", pool_size=2)
    with used.connect() as first, used.connect() as second:
        ended = {first.execute(_PID).scalar_one(), second.execute(_PID).scalar_one()}
    with engine.connect() as connection:
        for pid in ended:
            assert connection.execute(_END, {"pid": pid}).scalar_one()
    with used.connect() as first, used.connect() as second:
        fresh = {first.execute(_PID).scalar_one(), second.execute(_PID).scalar_one()}
    assert len(fresh - ended) == 2
    used.dispose()


def test_a_connection_that_lives_is_used_again(settings: PlatformSettings) -> None:
    used = make_engine(settings, application="tests-again", pool_size=1)
    pids = set()
    for _ in range(3):
        with used.begin() as connection:
            pids.add(connection.execute(_PID).scalar_one())
    assert len(pids) == 1
    used.dispose()


@pytest.mark.parametrize(("application", "mode"), [("tests-worker", "force_generic_plan"), ("tests", "auto")])
def test_only_workers_plan_once(settings: PlatformSettings, application: str, mode: str) -> None:
    used = make_engine(settings, application=application, pool_size=1)
    with used.connect() as connection:
        assert connection.execute(text("show plan_cache_mode")).scalar_one() == mode
    used.dispose()
