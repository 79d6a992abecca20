"""PostgreSQL, Redis, the object store and the clocks: whether they answer and fit."""

import secrets
import time
from collections.abc import Iterator
from typing import Any, cast

from alembic.runtime.migration import MigrationContext
from redis import Redis
from sqlalchemy import Engine, text

from shared.doctor.engine import doctor_engine
from shared.doctor.finding import Finding, Question, critical, ok, warning
from shared.settings import PlatformSettings
from shared.storage.migrate import HISTORIES, script_directory
from shared.storage.object_store import ObjectStore

OLDEST_POSTGRES = 150000  # server_version_num of 15, the oldest that is tested
CROWDED = 0.8  # of max_connections
PATIENCE = 5  # seconds for Redis's answers
# Leases and deadlines use PostgreSQL's clock; ours signs links of 300 s, and a store rejects signatures 15 minutes off.
CLOCK_SECONDS = 5.0

_STATE = text("""
    select current_setting('server_version_num')::int as number, current_setting('server_version') as version,
        current_setting('max_connections')::int as most,
        (select count(*) from pg_stat_activity where backend_type = 'client backend') as connections
""")


def questions(settings: PlatformSettings) -> Iterator[Question]:
    """About each server that the settings name."""
    engine = doctor_engine(settings)
    yield Question("PostgreSQL", lambda: _postgres(engine), "does it run, and is VIDARE_DATABASE_URL right?")
    yield Question("schemas", lambda: _schemas(engine), needs=("PostgreSQL",))
    yield Question("Redis", lambda: _redis(settings), "does it run, and is VIDARE_REDIS_URL right?")
    remedy = (
        f"does it run, is there a bucket {settings.s3_bucket}, and may our key put, read and delete in it? VIDARE_S3_…"
    )
    yield Question("object store", lambda: _store(settings), remedy)
    yield Question("clocks", lambda: _clocks(engine, settings), needs=("PostgreSQL", "Redis"))


def _postgres(engine: Engine) -> Finding:
    began = time.perf_counter()
    with engine.connect() as connection:
        row = connection.execute(_STATE).one()
    took = (time.perf_counter() - began) * 1000
    says = f"{row.version}, connected and answered in {took:.0f} ms, {row.connections} of {row.most} connections in use"
    if row.number < OLDEST_POSTGRES:
        return critical(says, "PostgreSQL 15 or newer is needed")
    if row.connections > CROWDED * row.most:
        return warning(says, "raise max_connections, or put a pooler in front")
    return ok(says)


def _schemas(engine: Engine) -> Finding:
    behind = []
    with engine.connect() as connection:
        for history in HISTORIES:
            context = MigrationContext.configure(connection, opts={"version_table_schema": history.schema})
            if set(context.get_current_heads()) != set(script_directory(history).get_heads()):
                behind.append(history.schema)
    if behind:
        return critical(f"not at this version's revision: {', '.join(behind)}", "vidare migrate")
    return ok("every schema is at its newest revision")


def _redis(settings: PlatformSettings) -> Finding:
    with _client(settings) as client:
        about = cast(dict[str, Any], client.info())
    says = f"{about['redis_version']}, {about['connected_clients']} clients, {about['used_memory_human']}"
    if about.get("maxmemory") and about.get("maxmemory_policy") != "noeviction":
        return warning(
            f"{says}; it throws keys away when it is full ({about['maxmemory_policy']})",
            "set maxmemory-policy to noeviction: nothing would be lost, but work would be done late",
        )
    return ok(says)


def _client(settings: PlatformSettings) -> Redis:
    return Redis.from_url(settings.redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)


def _store(settings: PlatformSettings) -> Finding:
    """Puts, reads and deletes an object: this finds a key that may only read before the first attachment does."""
    store, name, body = ObjectStore(settings), f"doctor/{secrets.token_hex(16)}", b"vidare doctor"
    store.check()
    began = time.perf_counter()
    store.put(name, body, "text/plain")
    same = store.get(name) == body
    store.delete(name)
    if not same:
        return critical("it gave back something else than what was put", "look at the store's own log")
    return ok(f"put, read and deleted an object in {(time.perf_counter() - began) * 1000:.0f} ms")


def _clocks(engine: Engine, settings: PlatformSettings) -> Finding:
    with engine.connect() as connection:
        offset = (
            float(connection.execute(text("select extract(epoch from clock_timestamp())")).scalar_one()) - time.time()
        )
    with _client(settings) as client:
        seconds, micros = cast(tuple[int, int], client.time())
    return judge_clocks(offset, seconds + micros / 1_000_000 - time.time())


def judge_clocks(postgres: float, redis: float) -> Finding:
    """`postgres` and `redis`: seconds by which their clocks are ahead of this machine's."""
    says = f"PostgreSQL's is {postgres:+.1f} s from this machine's, Redis's {redis:+.1f} s"
    if max(abs(postgres), abs(redis)) > CLOCK_SECONDS:
        return warning(says, "let every machine keep its clock by NTP; links to files are signed by this one's")
    return ok(says)
