"""What a parsed search asks of a ticket, as SQL on a ticket `t` and its search row `s`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from services.triage.lists.filters import NEWEST, Wanted
from services.triage.search.known_words import any_of, known_words
from services.triage.search.parse import BadQuery
from services.triage.search.query import Key, Name, Query, Words
from services.triage.search.search_row import CATEGORY, TEAM, lexeme
from services.triage.search.tsquery import TextQuery, all_of, is_address, text_query
from shared.auth.principal import Principal
from shared.mail.addresses import in_ascii

# The list that is searched.
OF_LIST = "t.team = any(:teams) and t.state = any(:states)"
IS_BREACHED = "(t.breached or t.state in ('open', 'claimed') and t.respond_by <= statement_timestamp())"

_OWNERS = text("""
    select id, lower(email) as email from auth.users
    where lower(email) = :name or lower(split_part(email, '@', 1)) = :name limit 20
""")
_HAS_OLD_ROWS = text("select exists (select from triage.search where form < 2)")
# Anybody can invent a language; where there are more, none is known.
_VALUES = text("select word from triage.search_values limit 1001")
# Tickets arrive in the order of their sequence, nearly: one that was submitted in an outage of ours has a higher one than its day's.
_BOUNDS = text("""
    select coalesce((select min(first_sequence) from triage.search_days where day >= cast(:first as date)), :newest) as first,
           coalesce((select max(last_sequence) from triage.search_days where day < cast(:last as date)), 0) as last
""")


@dataclass(frozen=True)
class Conditions:
    """What a search asks for.

    `filters`: SQL that begins with `and`; `words`: the tsquery of the words, if any; `index`: parts of the tsquery by which the index finds
    the tickets, in which the words are; `known`: those parts that are of the keys; `wanted`: teams and states that are left, and a
    highest sequence; `first`: the lowest; `address`: the tsquery of an address among the words, named :address0.
    """

    wanted: Wanted
    filters: str
    words: str | None
    index: Sequence[str]
    known: Sequence[str]
    first: int
    parameters: Mapping[str, Any] = field(default_factory=dict)
    owners: Sequence[UUID] = ()
    senders: Sequence[str] = ()
    is_breached: bool = False
    address: str | None = None


def conditions_of(connection: Connection, query: Query, wanted: Wanted, reader: Principal | None) -> Conditions:
    """The conditions of a search in the list `wanted` for `reader` (whom `owner:me` means). Raises BadQuery for an unknown owner."""
    wanted, first = _between_days(connection, query, _narrowed(query, wanted))
    has_old_rows: bool = connection.execute(_HAS_OLD_ROWS).scalar_one()
    terms = [term for term in query if isinstance(term, Words)]
    queries = [text_query(term, f"w{number}", with_old_rows=has_old_rows) for number, term in enumerate(terms)]
    pairs = list(zip(terms, queries, strict=True))
    found = all_of((one for term, one in pairs if not term.is_negated and not is_address(term)), "&&")
    addresses = [(in_ascii(term.text).lower(), one) for term, one in pairs if not term.is_negated and is_address(term)]
    excluded = all_of((one for term, one in pairs if term.is_negated), "||")
    owners = _owners(connection, query, reader)
    filters, parameters = _filters(query, owners)
    if excluded:
        filters += f" and not s.vector @@ {excluded.sql}"
    for number, (address, one) in enumerate(addresses):
        filters += f" and (s.email = :address{number} or s.vector @@ {one.sql})"
        parameters |= {f"address{number}": address, **one.parameters}
    known = {} if has_old_rows else _known(connection, query)
    by_word = [found.sql] if found else []
    by_word += [f"!!{excluded.sql}"] if excluded and not has_old_rows else []
    by_key = [f"cast(:{name} as tsquery)" for name in known]
    return Conditions(
        wanted=wanted,
        filters=wanted.more + filters,
        words=found.sql if found else None,
        index=[*by_word, *by_key],
        known=by_key,
        first=first,
        parameters={
            **parameters,
            **_values(found),
            **_values(excluded),
            **known,
            "scope": _scope(wanted),
            "first": first,
        },
        owners=[one for name in query.keys("owner") for one in owners[name]],
        senders=query.keys("from"),
        is_breached="breached" in query.keys("is"),
        address=addresses[0][1].sql if addresses else None,
    )


def _values(query: TextQuery | None) -> dict[str, str]:
    return query.parameters if query else {}


def _known(connection: Connection, query: Query) -> dict[str, str]:
    """What the index knows of the keys, by the names of parameters."""
    is_excluding = query.keys("category", negated=True) or query.keys("lang", negated=True)
    found = connection.scalars(_VALUES).all() if is_excluding else []
    values = found if len(found) <= 1_000 else None
    return {f"known{number}": one for number, one in enumerate(known_words(query, values))}


def _narrowed(query: Query, wanted: Wanted) -> Wanted:
    """Teams and states that the keys leave. Several values of a key that a ticket has once: any of them."""
    return replace(wanted, teams=_left(query, "team", wanted.teams), states=_left(query, "state", wanted.states))


def _left(query: Query, name: Name, values: Iterable[str]) -> list[str]:
    asked, excluded = query.keys(name), query.keys(name, negated=True)
    return [value for value in values if (not asked or value in asked) and value not in excluded]


def _between_days(connection: Connection, query: Query, wanted: Wanted) -> tuple[Wanted, int]:
    """With the highest sequence, and the lowest, between which the tickets of the days are."""
    firsts = [key.day for key in query if isinstance(key, Key) and (key.name, key.is_negated) in _FIRST]
    lasts = [key.day for key in query if isinstance(key, Key) and (key.name, key.is_negated) in _LAST]
    if not firsts and not lasts:
        return wanted, 0
    values = {"first": max(firsts, default=None), "last": min(lasts, default=None), "newest": NEWEST}
    row = connection.execute(_BOUNDS, values).one()
    before = min(wanted.before, row.last + 1) if lasts else wanted.before
    return replace(wanted, before=before), row.first if firsts else 0


_FIRST, _LAST = {("after", False), ("before", True)}, {("before", False), ("after", True)}


def _owners(connection: Connection, query: Query, reader: Principal | None) -> dict[str, list[UUID]]:
    """The accounts of each value of `owner`; none for nobody."""
    found: dict[str, list[UUID]] = {}
    for name in (*query.keys("owner"), *query.keys("owner", negated=True)):
        if name == "me" and reader is not None:
            found[name] = [reader.id]
        elif name == "nobody":
            found[name] = []
        else:
            rows = connection.execute(_OWNERS, {"name": name}).all()
            # A whole address means this account, whatever other addresses begin with it.
            exact = [row.id for row in rows if row.email == name]
            found[name] = exact or [row.id for row in rows]
            if not found[name]:
                raise BadQuery(f"“owner:{name}” is not possible: nobody here has this address.")
    return found


def _filters(query: Query, owners: Mapping[str, Sequence[UUID]]) -> tuple[str, dict[str, Any]]:
    """SQL for the keys, and its parameters."""
    sql, parameters = "", {}
    keys = [term for term in query if isinstance(term, Key) and term.name in CONDITIONS]
    for number, ((name, is_negated), values) in enumerate(_grouped(keys)):
        conditions = []
        for position, value in enumerate(values):
            parameter = f"k{number}_{position}"
            condition, parameters[parameter] = CONDITIONS[name](value, f":{parameter}", owners)
            conditions.append(f"coalesce({condition}, false)")
        either = f"({' or '.join(conditions)})"
        sql += f" and not {either}" if is_negated else f" and {either}"
    return sql, parameters


# A ticket may have several of these, and is then to have all that are asked for.
_OF_MANY = ("tag", "before", "after")


def _grouped(keys: Sequence[Key]) -> list[tuple[tuple[Name, bool], list[str]]]:
    """The values of which one is enough, by key. Of what is excluded each excludes by itself."""
    groups: dict[object, tuple[tuple[Name, bool], list[str]]] = {}
    for key in keys:
        together = (key.name, key.is_negated, key.value if key.name in _OF_MANY and not key.is_negated else None)
        groups.setdefault(together, ((key.name, key.is_negated), []))[1].append(key.value)
    return list(groups.values())


Owners = Mapping[str, Sequence[UUID]]
Condition = Callable[[str, str, Owners], tuple[str, Any]]


def _owner(value: str, at: str, owners: Owners) -> tuple[str, Any]:
    if not owners[value]:
        return f"t.owner is null and cast({at} as text) is null", None
    return f"t.owner = any(cast({at} as uuid[]))", list(owners[value])


# SQL and the value of its parameter. Team and state narrow the list itself.
CONDITIONS: Mapping[Name, Condition] = {
    "tag": lambda value, at, _: (
        f"exists (select from unnest(t.tags) as tag where tag = {at} or lower(tag) = lower({at}))",
        value,
    ),
    "priority": lambda value, at, _: (f"t.priority = {at}", value),
    "category": lambda value, at, _: (f"(t.category = {at} or starts_with(t.category, {at} || '/'))", value),
    "from": lambda value, at, _: (f"s.email = {at}", value),
    "owner": _owner,
    "has": lambda value, at, _: (
        f"{at} = 'attachment' and exists (select from triage.attachments f where f.ticket = any(t.reference || t.merged_tickets))",
        value,
    ),
    "lang": lambda value, at, _: (
        f"starts_with(replace(lower(t.locale), '_', '-') || '-', {at} || '-')",
        value,
    ),
    "before": lambda value, at, _: (f"t.created_at < cast({at} as date)::timestamp at time zone 'UTC'", value),
    "after": lambda value, at, _: (f"t.created_at >= cast({at} as date)::timestamp at time zone 'UTC'", value),
    "is": lambda value, at, _: (f"{at} = 'breached' and {IS_BREACHED}", value),
}


def _scope(wanted: Wanted) -> str:
    """A tsquery for teams and category, so that the index alone finds the matches of a small team."""
    teams = any_of(TEAM, wanted.teams)
    return f"({teams}) & {lexeme(CATEGORY, wanted.category)}" if wanted.category else f"({teams})"
