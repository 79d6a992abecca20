"""What every test may ask for. The parts are real: PostgreSQL, Redis, an S3 store and an SMTP server, none patched.

servers          (session) addresses of all four. PostgreSQL and the store are shared by the whole run; Redis and the
                 SMTP sink belong to this pytest worker alone.
database_url     (session) this worker's own database, migrated once. `postgresql://…`, as VIDARE_DATABASE_URL has it.
clean_database   empties every table before the test; rows that migrations wrote (seeds) stay. For tests that reach the
                 database through an app or a process rather than through `engine`.
engine           a SQLAlchemy engine on the clean database.
redis_url        this worker's Redis, emptied before the test. FLUSHALL is fine.
environment      (session) every VIDARE_* a process of ours needs, as a dict: `read(IntakeSettings, environment)`. Copy
                 it before you change it.
settings         (session) the PlatformSettings of `environment`.
maildir          the sink's Maildir, emptied before the test.
own_postgres     a PostgreSQL for this test alone, to `.kill()`, `.stop()` and `.start()`; not migrated. Nothing answers once it is killed.
own_redis        a Redis for this test alone, to `.kill()`, `.stop()` and `.start()`.
own_object_store a store for this test alone, with the keys and the bucket of `environment`.
own_mail_sink    an SMTP sink for this test alone; its Maildir is `tmp_path`/mail.

To wait: `tests.polling.eventually(check, within=seconds)`. Nothing of this is started unless a test asks for it, and
no process outlives the run.
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
from sqlalchemy import Engine

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that `tests.polling` is found from any folder

from local.ports import free_ports
from local.servers import mail_sink, object_store, postgres, redis
from local.servers.server import Server
from shared.settings import PlatformSettings, read
from tests import clean_database as cleaning
from tests.random_examples import FEW, QUICK
from tests.servers_of_a_run import REDIS_PASSWORD, RUN, Servers, end_run, run_folder, run_of, start_for_worker

# Speed is bench's business: examples may be slow to make on a busy machine, and none has a deadline.
hypothesis.settings.register_profile("vidare", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
# `make unit`: fewer random examples, for an answer within a minute.
hypothesis.settings.register_profile(QUICK, hypothesis.settings.get_profile("vidare"), max_examples=FEW)
hypothesis.settings.load_profile("vidare")


def pytest_configure(config: pytest.Config) -> None:
    """Each run has a folder; the workers of pytest-xdist are told which."""
    given = getattr(config, "workerinput", None)
    if given is None:
        config.stash[RUN] = (run_folder(), os.getpid())
    else:
        config.stash[RUN] = (Path(given["vidare_run"]), int(given["vidare_owner"]))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Called by pytest-xdist for each worker before it starts."""
    folder, owner = run_of(node.config)
    node.workerinput["vidare_run"] = str(folder)
    node.workerinput["vidare_owner"] = owner


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and RUN in config.stash:
        end_run(run_of(config)[0])


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Iterator[Servers]:
    folder, owner = run_of(request.config)
    running = start_for_worker(folder, owner, os.environ.get("PYTEST_XDIST_WORKER", "main"))
    yield running
    running.redis.stop()
    running.mail.stop()


@pytest.fixture(scope="session")
def database_url(servers: Servers) -> str:
    from shared.storage.migrate import migrate

    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with psycopg.connect(servers.database_url, autocommit=True) as connection:
        connection.execute(f"create database {name}")
    address = f"{servers.database_url.rpartition('/')[0]}/{name}"
    migrate(address.replace("postgresql://", "postgresql+psycopg://"))
    cleaning.remember(address)
    return address


@pytest.fixture(scope="session")
def environment(servers: Servers, database_url: str) -> dict[str, str]:
    return {
        "VIDARE_DATABASE_URL": database_url,
        "VIDARE_REDIS_URL": servers.redis.url,
        "VIDARE_S3_URL": servers.s3_url,
        "VIDARE_S3_ACCESS_KEY": servers.s3_access_key,
        "VIDARE_S3_SECRET_KEY": servers.s3_secret_key,
        "VIDARE_S3_BUCKET": servers.s3_bucket,
        "VIDARE_SMTP_URL": servers.mail.url,
        "VIDARE_SECRET": "a-secret-of-the-tests-alone",
        # Tests of other things see a message sent at once; those of undoing it set this themselves.
        "VIDARE_UNDO_SEND_SECONDS": "0",
        "VIDARE_LOCAL_MAILBOX": str(servers.maildir),
    }


@pytest.fixture(scope="session")
def settings(environment: dict[str, str]) -> PlatformSettings:
    return read(PlatformSettings, environment)


@pytest.fixture
def clean_database(database_url: str) -> None:
    cleaning.clean(database_url)


@pytest.fixture(scope="session")
def _session_engine(settings: PlatformSettings) -> Iterator[Engine]:
    from shared.storage.database import make_engine

    made = make_engine(settings, application="tests", pool_size=20)
    yield made
    made.dispose()


@pytest.fixture
def engine(_session_engine: Engine, clean_database: None) -> Engine:
    return _session_engine


@pytest.fixture
def redis_url(servers: Servers) -> str:
    from redis import Redis

    with Redis.from_url(servers.redis.url) as client:
        client.flushall()
    return servers.redis.url


@pytest.fixture
def maildir(servers: Servers) -> Path:
    for part in ("new", "cur"):
        for mail in (servers.maildir / part).iterdir():
            mail.unlink()
    return servers.maildir


@dataclass(frozen=True)
class OwnPostgres(Server):
    """Its backends outlive a killed leader for an instant and go on answering: `kill` returns when they too are gone."""

    data: Path

    def kill(self) -> None:
        super().kill()
        postgres.end_orphans(self.data)


@pytest.fixture
def own_postgres(tmp_path: Path) -> Iterator[Server]:
    server = postgres.start(tmp_path, free_ports(1)[0], password="test-password", durable=False)
    yield OwnPostgres(server.url, server.process, postgres.data_folder(tmp_path))
    server.stop()


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[Server]:
    server = redis.start(tmp_path, free_ports(1)[0], password=REDIS_PASSWORD)
    yield server
    server.stop()


@pytest.fixture
def own_object_store(tmp_path: Path, servers: Servers) -> Iterator[Server]:
    (tmp_path / "objects" / servers.s3_bucket).mkdir(parents=True)
    keys = {"access_key": servers.s3_access_key, "secret_key": servers.s3_secret_key}
    server = object_store.start(tmp_path, free_ports(1)[0], **keys)
    yield server
    server.stop()


@pytest.fixture
def own_mail_sink(tmp_path: Path) -> Iterator[Server]:
    server = mail_sink.start(tmp_path, free_ports(1)[0])
    yield server
    server.stop()
