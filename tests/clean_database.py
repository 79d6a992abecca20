"""Empties a migrated database between tests, keeping what the migrations themselves put in."""

import psycopg
from psycopg import sql

from tests.personal_data import unregistered

SCHEMAS = ("events", "auth", "audit", "intake", "triage", "notify")
DEADLOCKS = 4  # in a row, which nobody has seen yet
KEPT = "kept_by_tests"  # the schema with copies of the rows that migrations wrote


def remember(address: str) -> None:
    """Copy the rows that are there now, right after migrating, so that `clean` can put them back."""
    with psycopg.connect(address) as connection:
        connection.execute(sql.SQL("create schema {}").format(sql.Identifier(KEPT)))
        for schema, table in _filled(connection):
            connection.execute(
                sql.SQL("create table {} as table {}").format(
                    sql.Identifier(KEPT, f"{schema}.{table}"), sql.Identifier(schema, table)
                )
            )


def clean(address: str) -> None:
    """Truncate every table that has rows, then put the remembered ones back. Sequences go on counting.

    An app of an earlier test may still be writing in the background (the help funnel does): whoever is told of a deadlock begins anew.
    """
    for _ in range(DEADLOCKS):
        try:
            return _clean(address)
        except psycopg.errors.DeadlockDetected:
            continue
    return _clean(address)


def _clean(address: str) -> None:
    with psycopg.connect(address, options="-c lock_timeout=10s") as connection:
        filled = _filled(connection)
        if not filled:
            return
        unknown = unregistered(connection)
        assert not unknown, (
            f"the test before left keys that shared/personal_data/register.yaml does not name: {unknown}"
        )
        # Triggers (append-only logs, foreign keys) are for the product; cleaning goes around them.
        connection.execute("set local session_replication_role = replica")
        tables = sql.SQL(", ").join(sql.Identifier(schema, table) for schema, table in filled)
        connection.execute(sql.SQL("truncate {} cascade").format(tables))
        _put_back(connection)


def _tables(connection: psycopg.Connection) -> list[tuple[str, str]]:
    rows = connection.execute(
        "select schemaname, tablename from pg_tables where schemaname = any(%s) and tablename <> 'alembic_version'",
        [list(SCHEMAS)],
    ).fetchall()
    return [(str(schema), str(table)) for schema, table in rows]


def _filled(connection: psycopg.Connection) -> list[tuple[str, str]]:
    tables = _tables(connection)
    if not tables:
        return []
    looks = [sql.SQL("exists (select from {})").format(sql.Identifier(*table)) for table in tables]
    row = connection.execute(sql.SQL("select array[{}]").format(sql.SQL(", ").join(looks))).fetchone()
    return [table for table, has_rows in zip(tables, row[0] if row else [], strict=True) if has_rows]


def _put_back(connection: psycopg.Connection) -> None:
    kept = connection.execute("select tablename from pg_tables where schemaname = %s", [KEPT]).fetchall()
    for (name,) in kept:
        schema, _, table = str(name).partition(".")
        generated = connection.execute(
            "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped"
            " and attgenerated = ''",
            [sql.Identifier(schema, table).as_string(connection)],
        ).fetchall()
        columns = sql.SQL(", ").join(sql.Identifier(column) for (column,) in generated)
        connection.execute(
            sql.SQL("insert into {} ({}) overriding system value select {} from {}").format(
                sql.Identifier(schema, table), columns, columns, sql.Identifier(KEPT, str(name))
            )
        )
