"""Writes the search rows of new and changed tickets, apart from the transactions that change them."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, text
from sqlalchemy.exc import DBAPIError

from services.triage.search.search_row import known_of, plain_words, positions, tokens_of, values_of
from shared.mail.addresses import in_ascii
from shared.runtime.logs import logger
from shared.storage.database import is_transient

# 0.2 to 0.4 ms a ticket, so that a step takes less than a second.
STEP = 500
# Of one ticket.
MOST_CHARACTERS = 200_000

# Rows of an older form are written again while less is waiting. The timeline's messages are searched too.
_PENDING = text("""
    with pending as (
        delete from triage.search_pending where ctid = any(array(
            select ctid from triage.search_pending limit :step for update skip locked))
        returning ticket
    ), old as (
        select ticket from triage.search where form < 2 order by sequence desc
        limit greatest(0, :step - (select count(*) from pending)) for update skip locked
    )
    select t.reference, t.email, t.category, t.tags, t.priority, t.locale,
           array[t.subject, t.name, t.username, t.email, t.message]
           || array(select m.message from triage.tickets m where m.reference = any(t.merged_tickets)) as texts,
           array(select left(l.message, :most) from triage.timeline l
                 where l.ticket = any(t.reference || t.merged_tickets) and l.message <> '' order by l.id limit 1000) as messages,
           exists (select from triage.attachments f where f.ticket = any(t.reference || t.merged_tickets)) as has_attachment
    from triage.tickets t where t.reference in (select ticket from pending union select ticket from old)
""")

# All words are indexed as they are (with positions, for a phrase) and by their Swedish and English stems: a ticket's language is only
# guessed, and names have no stem.
_FILL = text("""
    with texts as (
        select t.reference, t.sequence, t.team, t.category, t.created_at, filled.*
        from jsonb_to_recordset(cast(:filled as jsonb))
             as filled (ticket text, email text, plain text, positions text, known text[], whole text[])
        join triage.tickets t on t.reference = filled.ticket
    ), days as (
        insert into triage.search_days as kept (day, first_sequence, last_sequence)
        select (created_at at time zone 'UTC')::date, min(sequence), max(sequence) from texts group by 1 order by 1
        on conflict (day) do update set first_sequence = least(kept.first_sequence, excluded.first_sequence),
                                        last_sequence = greatest(kept.last_sequence, excluded.last_sequence)
        where excluded.first_sequence < kept.first_sequence or excluded.last_sequence > kept.last_sequence
    ), new_values as (
        insert into triage.search_values (word)
        select distinct given.word from texts, unnest(texts.whole) as given (word)
        where not exists (select from triage.search_values known where known.word = given.word) order by 1
        on conflict do nothing
    )
    insert into triage.search (ticket, sequence, team, email, category, form, vector)
    select reference, sequence, team, email, category, 2,
           strip(to_tsvector('english', plain) || to_tsvector('swedish', plain)) || cast(positions as tsvector)
           || array_to_tsvector(known || ('=' || team))
    from texts
    on conflict (ticket) do update
    set team = excluded.team, email = excluded.email, form = excluded.form, vector = excluded.vector
""")

_WAITING = text("""
    select exists (select from triage.search_pending) or exists (select from triage.search where form < 2)
""")

log = logger(__name__)


def fill_search(connection: Connection) -> bool:
    """Write up to STEP rows. Returns whether there are more."""
    pending = connection.execute(_PENDING, {"step": STEP, "most": MOST_CHARACTERS})
    filled = [_filled(row) for row in pending]
    if filled and not _is_written(connection, filled):
        _write_each(connection, filled)
    waiting: bool = connection.execute(_WAITING).scalar_one()
    return waiting


def _is_written(connection: Connection, filled: Sequence[dict[str, Any]]) -> bool:
    """Write the rows, all or none. False where PostgreSQL refuses one of them."""
    try:
        with connection.begin_nested():
            connection.execute(_FILL, {"filled": json.dumps(filled)})
    except DBAPIError as error:
        if is_transient(error):
            raise
        return False
    return True


def _write_each(connection: Connection, filled: Sequence[dict[str, Any]]) -> None:
    """One ticket's text must not keep the others from being found: one that is refused is found by what is known of it alone."""
    for one in filled:
        if not _is_written(connection, [one]):
            log.error("a ticket's words cannot be searched", ticket=one["ticket"])
            _is_written(connection, [{**one, "plain": "", "positions": ""}])


def _filled(row: Row[Any]) -> dict[str, Any]:
    texts, left = [], MOST_CHARACTERS
    for one in (*row.texts, *row.messages):
        texts.append((one or "")[:left])
        left -= len(texts[-1])
    words = tokens_of(texts)
    return {
        "ticket": row.reference,
        "email": in_ascii(row.email).lower(),
        "plain": plain_words(words),
        "positions": positions(words),
        "known": known_of(row.category, row.tags, row.priority, row.locale, has_attachment=row.has_attachment),
        "whole": values_of(row.category, row.locale),
    }
