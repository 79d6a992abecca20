"""PostgreSQL, Redis, a store and a mail sink for one measurement, as in the local stack, fsync included."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from local.ports import free_ports
from local.servers import mail_sink, object_store, postgres, redis
from shared.storage.migrate import migrate

BUCKET = "vidare"
PASSWORD, ACCESS_KEY, SECRET_KEY = "bench-password", "bench-access", "bench-secret-key"
# One machine sends everything: limits must be counted, as in production, and must never refuse.
_LIMITS = {
    f"VIDARE_LIMIT_{name}": "100000000/minute" for name in ("SUBMISSIONS", "NOTES", "FOLLOW_UPS", "REFUSED", "LOGINS")
}


@contextmanager
def servers() -> Iterator[dict[str, str]]:
    """The VIDARE_* variables of the four, which stop with the block. The database is migrated and empty."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vidare-bench-")))
        first, second, third, fourth = free_ports(4)
        (folder / "objects" / BUCKET).mkdir(parents=True)
        started = [
            postgres.start(folder, first, password=PASSWORD),
            redis.start(folder, second, password=PASSWORD),
            object_store.start(folder, third, access_key=ACCESS_KEY, secret_key=SECRET_KEY),
            mail_sink.start(folder, fourth),
        ]
        for server in started:
            stack.callback(server.stop)
        database, broker, store, sink = started
        migrate(database.url.replace("postgresql://", "postgresql+psycopg://"))
        yield {
            "VIDARE_DATABASE_URL": database.url,
            "VIDARE_REDIS_URL": broker.url,
            "VIDARE_S3_URL": store.url,
            "VIDARE_S3_ACCESS_KEY": ACCESS_KEY,
            "VIDARE_S3_SECRET_KEY": SECRET_KEY,
            "VIDARE_S3_BUCKET": BUCKET,
            "VIDARE_SMTP_URL": sink.url,
            "VIDARE_SECRET": "a-secret-of-the-bench-alone",
            "VIDARE_LIMIT_ACKNOWLEDGEMENTS": "",
            "VIDARE_HEARTBEATS": str(folder / "heartbeats"),
            "VIDARE_LOG_LEVEL": "warning",
            **_LIMITS,
        }
