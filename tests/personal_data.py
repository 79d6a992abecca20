"""Finds keys of events and JSON documents that the register of personal data does not know."""

import psycopg
from psycopg import sql

from shared.personal_data import read_register

SCHEMAS = ("events", "auth", "audit", "intake", "triage", "notify")
REGISTER = read_register()
# Types that tests of the event mechanism make up for themselves.
_EVENT_KEYS = """
    select type || '.' || part as place, array_agg(distinct key) as names
    from events.log cross join lateral (values ('payload', payload), ('personal', personal)) as parts (part, document)
        cross join lateral jsonb_object_keys(document) as key
    where document is not null group by 1
"""
_DOCUMENT_KEYS = """
    select array_agg(distinct key) from {table} cross join lateral jsonb_object_keys({column}) as key
    where jsonb_typeof({column}) = 'object'
"""


def unregistered(connection: psycopg.Connection) -> dict[str, set[str]]:
    """By place, the keys that rows of this database hold and the register does not name.

    Events of types that no service records (tests of the event mechanism make some up) are left out.
    """
    found = {
        place: REGISTER.unregistered(place, set(names))
        for place, names in connection.execute(_EVENT_KEYS)
        if f"{place.partition('.')[0]}.payload" in REGISTER.places()
    }
    for place in sorted(REGISTER.places()):
        if place.count(".") == 2:
            *table, column = place.split(".")
            query = sql.SQL(_DOCUMENT_KEYS).format(table=sql.Identifier(*table), column=sql.Identifier(column))
            row = connection.execute(query).fetchone()
            names = (row[0] if row else None) or []
            found[place] = REGISTER.unregistered(place, {_family(name) for name in names})
    return {place: names for place, names in found.items() if names}


def _family(name: str) -> str:
    """`details.invoice_month` belongs to `details`: its keys are the catalogue's."""
    return "details" if name.startswith("details.") else name
