"""Databases with any number of open tickets, each with words of its own to search for."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine, text

from bench.past import PAST_FACTS
from services.triage.timers.fold_counts import fold_counts
from shared.storage.migrate import migrate

TEAM = "ads"
_TICKETS = text(f"""
    insert into triage.tickets (
        reference, locale, team, state, category, priority, tags, subject, message, email, details, missing_evidence, key_number,
        correlation_id, created_at, respond_by, ruleset, facts, decision)
    select to_char(number, 'FM"T-"0000"-"0000'), case number % 500 when 0 then 'sv' else 'en' end, '{TEAM}', 'open', past.category,
           (array['normal', 'normal', 'high', 'low', 'urgent'])[1 + number % 5],
           case when number % 1000 = 0 then array['vip', 'tag' || number] else '{{}}' end, past.subject,
           past.message || ' order' || number, 'person' || number || '@example.com', '{{}}', '{{}}', 1, 'c',
           now() - interval '20 days' + number * interval '1 second', now() + (number::bigint * 7919 % 864000 + 3600) * interval '1 second',
           1, '{{}}', '{{}}'
    from generate_series(1, :count) as number
    join jsonb_to_recordset(cast(:kinds as jsonb)) as past (kind integer, category text, subject text, message text)
      on past.kind = number % :kind_count
""")
# A ticket's words as services.triage.timers.fill_search makes them; computed once for each of the 2,000 texts.
_WORDS = text("""
    insert into triage.search (ticket, sequence, team, email, category, form, vector)
    with vectors as materialized (
        select kind, strip(to_tsvector('english', message) || to_tsvector('swedish', message)) || to_tsvector('simple', message) as vector
        from jsonb_to_recordset(cast(:kinds as jsonb)) as past (kind integer, message text)
    )
    select t.reference, t.sequence, t.team, t.email, t.category, 2,
           vectors.vector || to_tsvector('simple', 'order' || number || ' person' || number || ' example com')
           || array_to_tsvector(array['=' || t.team, '#' || t.category, '#' || split_part(t.category, '/', 1),
                                      '!' || t.priority, '~' || t.locale]
                                || array(select '%' || tag from unnest(t.tags) as tag))
    from generate_series(1, :count) as number
    join triage.tickets t on t.reference = to_char(number, 'FM"T-"0000"-"0000')
    join vectors on vectors.kind = number % :kind_count
""")
_DAYS = text("""
    insert into triage.search_days (day, first_sequence, last_sequence)
    select (created_at at time zone 'UTC')::date, min(sequence), max(sequence) from triage.tickets group by 1
    on conflict (day) do update set last_sequence = excluded.last_sequence
""")
_VALUES = text("""
    insert into triage.search_values (word)
    select distinct '#' || category from triage.tickets union select distinct '~' || locale from triage.tickets
    on conflict do nothing
""")
_INDEX = text("select indexdef from pg_indexes where schemaname = 'triage' and indexname = 'search_by_words'")


@contextmanager
def waiting(database_url: str, name: str, tickets: int) -> Iterator[str]:
    """The URL of a database of this name on that server, migrated and filled; it is dropped with the block."""
    address = f"{database_url.rpartition('/')[0]}/{name}".replace("postgresql://", "postgresql+psycopg://")
    server = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"create database {name}"))
    try:
        migrate(address)
        engine = create_engine(address)
        fill(engine, tickets)
        engine.dispose()
        yield address
    finally:
        with server.connect() as connection:
            connection.execute(text(f"drop database {name} with (force)"))
        server.dispose()


def fill(engine: Engine, tickets: int) -> None:
    """Add so many tickets to a migrated database, which has none of these yet."""
    with engine.begin() as connection:
        _fill(connection, tickets)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))


def _fill(connection: Connection, count: int) -> None:
    wanted = ("category", "subject", "message")
    kinds = [{"kind": kind} | {name: facts[name] for name in wanted} for kind, facts in enumerate(PAST_FACTS)]
    given = {"kinds": json.dumps(kinds), "kind_count": len(kinds), "count": count}
    # Fill first, then index: much faster.
    index = connection.execute(_INDEX).scalar_one()
    connection.execute(text("drop index triage.search_by_words"))
    connection.execute(_TICKETS, given)
    connection.execute(_WORDS, given)
    connection.execute(_DAYS)
    connection.execute(_VALUES)
    connection.execute(text("set local maintenance_work_mem = '1GB'"))
    connection.execute(text(index))
    fold_counts(connection)
