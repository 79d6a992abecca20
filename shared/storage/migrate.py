"""Upgrades every schema to its newest revision: events and auth (shared/migrations), then each service's own.

Each schema keeps its own Alembic history, so that a service can be moved to a database of its own.
"""

from dataclasses import dataclass
from pathlib import Path

import click
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from shared.auth.teams import ensure_teams
from shared.settings import PlatformSettings, read
from shared.storage.object_store import ObjectStore

ROOT = Path(__file__).resolve().parents[2]
# Any constant: two migrators at once wait for each other.
_LOCK = 8_264_327


@dataclass(frozen=True)
class History:
    """One schema and the folder of its revisions."""

    schema: str
    folder: Path


HISTORIES = (
    History("events", ROOT / "shared" / "migrations"),
    History("intake", ROOT / "services" / "intake" / "migrations"),
    History("triage", ROOT / "services" / "triage" / "migrations"),
    History("notify", ROOT / "services" / "notify" / "migrations"),
)


def script_directory(history: History) -> ScriptDirectory:
    """Alembic's view of one history, for upgrading and for tests that count its heads."""
    config = Config()
    config.set_main_option("script_location", str(history.folder))
    config.set_main_option("version_locations", str(history.folder / "versions"))
    config.set_main_option("path_separator", "newline")
    return ScriptDirectory.from_config(config)


def migrate(database_url: str) -> None:
    """Upgrade every schema of the database to head; a second migrator waits for the first. Idempotent."""
    engine = create_engine(database_url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as lock:
            lock.execute(text("select pg_advisory_lock(:key)"), {"key": _LOCK})
            for history in HISTORIES:
                with engine.connect().execution_options(isolation_level="READ COMMITTED") as connection:
                    _upgrade(connection, history)
    finally:
        engine.dispose()


def _upgrade(connection: Connection, history: History) -> None:
    scripts = script_directory(history)
    if not scripts.get_heads():
        return
    with connection.begin():
        connection.execute(text(f"create schema if not exists {history.schema}"))
        with EnvironmentContext(
            Config(),
            scripts,
            fn=lambda revision, _: scripts._upgrade_revs("head", revision),
        ) as context:
            context.configure(connection=connection, version_table_schema=history.schema)
            context.run_migrations()


def fill_teams(settings: PlatformSettings) -> None:
    """Add the settings' teams to the table of teams, if they are missing."""
    engine = create_engine(settings.database_url)
    try:
        with engine.begin() as connection:
            ensure_teams(connection, settings.teams)
    finally:
        engine.dispose()


@click.command("migrate")
def command() -> None:
    """Bring the database to the newest revision of every schema, and make the bucket if it is missing."""
    settings = read(PlatformSettings)
    migrate(settings.database_url)
    fill_teams(settings)
    click.echo("the database is up to date")
    ObjectStore(settings).ensure_bucket()
    click.echo(f"the bucket {settings.s3_bucket} is there")
