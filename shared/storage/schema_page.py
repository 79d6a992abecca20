"""The database's schema as a page: every table with its columns, types, defaults and comments, read from a migrated database.

`make docs` writes docs/develop/schema.md with it, and a test compares the two.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, text

OWNERS = {
    "events": "every service records; the relay and the consumers handle (shared/events)",
    "auth": "triage and notify read; `vidare users`, `vidare tokens` and the console write (shared/auth)",
    "audit": "whoever changes the system itself adds; nobody changes or deletes (shared/audit)",
    "intake": "services/intake alone",
    "triage": "services/triage alone",
    "notify": "services/notify alone",
}

_TABLES = text("""
    select n.nspname as schema, c.relname as name, coalesce(obj_description(c.oid), '') as comment, c.oid
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition and n.nspname = any(:schemas) and c.relname <> 'alembic_version'
    order by array_position(:schemas, n.nspname::text), c.relname
""")
_COLUMNS = text("""
    select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as required,
           coalesce(pg_get_expr(d.adbin, d.adrelid), '') as fallback, a.attidentity <> '' as generated,
           coalesce(col_description(a.attrelid, a.attnum), '') as comment
    from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = :oid and a.attnum > 0 and not a.attisdropped order by a.attnum
""")
_INDEXES = text(
    "select pg_get_indexdef(indexrelid) from pg_index where indrelid = :oid order by indexrelid::regclass::text"
)


def schema_page(connection: Connection) -> str:
    """Markdown of all tables of our schemas, in the order of `OWNERS`; `connection` is to a migrated database."""
    return "\n".join(_lines(connection)) + "\n"


def _lines(connection: Connection) -> Iterator[str]:
    yield "# The schema"
    yield ""
    yield "Written by `make docs` from the migrations; a test compares it with them. Each schema has one owner, which alone reads and"
    yield "writes it: services speak to each other through events only."
    yield ""
    yield "| schema | who uses it |"
    yield "| --- | --- |"
    yield from (f"| [{schema}](#{schema}) | {owner} |" for schema, owner in OWNERS.items())
    last = None
    for table in connection.execute(_TABLES, {"schemas": list(OWNERS)}).all():
        if table.schema != last:
            yield from ("", f"## {table.schema}")
            last = table.schema
        yield from _table(connection, table.schema, table.name, table.comment, table.oid)


def _table(connection: Connection, schema: str, name: str, comment: str, oid: int) -> Iterator[str]:
    yield from ("", f"### {schema}.{name}", "")
    if comment:
        yield from (_cell(comment), "")
    yield "| column | type | default | |"
    yield "| --- | --- | --- | --- |"
    for column in connection.execute(_COLUMNS, {"oid": oid}):
        kind = column.type if column.required else f"{column.type}, null"
        fallback = "generated" if column.generated else (f"`{_cell(column.fallback)}`" if column.fallback else "")
        yield f"| `{column.name}` | {kind} | {fallback} | {_cell(column.comment)} |"
    indexes = connection.execute(_INDEXES, {"oid": oid}).scalars().all()
    if indexes:
        yield from ("", *(f"- `{_shortened(index)}`" for index in indexes))


def _shortened(index: str) -> str:
    return index.replace("CREATE ", "").replace(" USING btree", "")


def _cell(value: str) -> str:
    return " ".join(value.replace("|", "\\|").split())
