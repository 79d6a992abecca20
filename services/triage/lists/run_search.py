"""Runs one search: first among the newest tickets, then by whatever finds its tickets."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from services.triage.lists.filters import NOBODY
from services.triage.lists.search_conditions import OF_LIST, Conditions

# What is common is found among the newest tickets without an index, what is rare needs one. The planner estimates every beginning of a
# word as common and would scan everything, so the two statements run one after the other.
NEWEST_SCANNED = 5_000
# So many tickets in the states asked for are looked at one by one.
FEW = 20_000
# So many that have what is known of them are looked at one by one, rather than that the index collects all that begin with a common word.
FEW_KNOWN = 10_000
# A generic plan would assume that the words are in most rows, and so would the planner of a beginning of a word. Starting parallel workers
# costs more than most searches.
_PLANNING = text("""
    select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_seqscan', 'off', true),
           set_config('max_parallel_workers_per_gather', '0', true)
""")

_BETWEEN = "{0}.sequence < :before and {0}.sequence >= :first"
_AMONG_NEWEST = f"""
    from (
        select ticket, sequence, email, vector from triage.search s where {_BETWEEN.format("s")} order by sequence desc limit :scanned
    ) s join triage.tickets t on t.reference = s.ticket
    where {{words}} {OF_LIST} {{filters}}
"""
_AMONG_CANDIDATES = f"""
    from ({{candidates}}) candidate
    join triage.tickets t on t.reference = candidate.ticket join triage.search s on s.ticket = candidate.ticket
    where {{words}} {_BETWEEN.format("t")} and {OF_LIST} {{filters}}
"""
_AMONG_INDEXED = f"""
    from triage.search s join triage.tickets t on t.reference = s.ticket
    where s.vector @@ ({{index}}) and {_BETWEEN.format("s")} and {OF_LIST} {{filters}}
"""
# One index scan for each team and state, until there are enough.
_AMONG_ALL = f"""
    from unnest(cast(:teams as text[])) as wanted_team, unnest(cast(:states as text[])) as wanted_state
    cross join lateral (
        select t.reference from triage.tickets t join triage.search s on s.ticket = t.reference
        where t.team = wanted_team and t.state = wanted_state and {_BETWEEN.format("t")} {{filters}}
        order by t.sequence desc limit :limit) newest
    join triage.tickets t on t.reference = newest.reference join triage.search s on s.ticket = t.reference where true
"""
# By what few tickets fulfil, best first.
_OF_SENDER = "select ticket from triage.search where email = any(:senders)"
_OF_ADDRESS = """
    select ticket from triage.search where email = :address0
    union select ticket from triage.search where vector @@ {}
"""
_OF_OWNER = "select reference as ticket from triage.tickets where owner = any(:owners)"
# Those that the timer has not counted yet are few.
_BREACHED = """
    select reference as ticket from triage.tickets where breached union all (
    select reference from triage.tickets
    where state in ('open', 'claimed') and not breached and respond_by <= statement_timestamp() order by respond_by limit 20000)
"""
_IN_STATE = "select t.reference as ticket from triage.tickets t where " + OF_LIST
_IN_STATES = text("""
    select coalesce(sum(change), 0) <= :few from triage.queue_counts where team = any(:teams) and state = any(:states)
""")
# `offset 0`: the planner would ask the index for the words, too.
_OF_KNOWN = "select ticket, sequence, email, vector from triage.search where vector @@ ({known} && cast(:scope as tsquery)) offset 0"
_AMONG_KNOWN = f"""
    from ({_OF_KNOWN}) s join triage.tickets t on t.reference = s.ticket
    where {{words}} {_BETWEEN.format("s")} and {OF_LIST} {{filters}}
"""
# What the planner expects, which costs no search: it knows how many have each common word, once the table was analysed. Not with the scope:
# a category implies its team, and the planner would multiply the two.
_EXPECTED = "explain (format json) select from triage.search where vector @@ ({known})"
_IS_ANALYSED = text("""
    select exists (select from pg_stats where schemaname = 'triage' and tablename = 'search' and attname = 'vector'
                   and most_common_elems is not null)
""")
_NEWEST = "select {columns} {source} order by t.sequence desc limit :limit"
# The page is chosen by its keys alone, so that what its rows show is read for them only.
_FOUND = """
    with found as materialized (select s.ticket, s.sequence {source}),
         page as materialized (select ticket, sequence from found order by sequence desc limit :limit)
    select {columns} from page join triage.tickets t on t.reference = page.ticket join triage.search s on s.ticket = page.ticket
    order by page.sequence desc
"""
_COUNT = "select count(*) from (select {source} limit :limit) found"


class Search:
    """The conditions of a search, on a connection."""

    def __init__(self, connection: Connection, conditions: Conditions) -> None:
        self.connection = connection
        self.conditions = conditions
        self.parameters = {
            **conditions.wanted.parameters,
            **conditions.parameters,
            "scanned": NEWEST_SCANNED,
            "few": FEW,
            "owners": list(conditions.owners),
            "senders": list(conditions.senders),
        }

    @property
    def is_impossible(self) -> bool:
        wanted = self.conditions.wanted
        return not wanted.teams or not wanted.states or wanted.before <= self.conditions.first

    @property
    def _is_rare(self) -> bool:
        """Whether few tickets match for certain, so that reading the newest tickets first only costs."""
        return bool(self.conditions.senders or self.conditions.address)

    def newest(self, columns: str) -> Sequence[Row[Any]]:
        """The newest matches."""
        if self.is_impossible:
            return []
        columns = columns.replace("{words}", self.conditions.words or "")
        self.connection.execute(_PLANNING)
        if not self._is_rare:
            rows = self._rows(_NEWEST.format(columns=columns, source=self._source(_AMONG_NEWEST)))
            if len(rows) == self.parameters["limit"]:
                return rows
        source, is_ordered = self._by_index()
        statement = _NEWEST if is_ordered else _FOUND
        return self._rows(statement.format(columns=columns, source=source))

    def count(self) -> int:
        """How many match, up to one more than the limit."""
        if self.is_impossible:
            return 0
        self.connection.execute(_PLANNING)
        if not self._is_rare:
            found = self._number(self._source(_AMONG_NEWEST))
            if found == self.parameters["limit"]:
                return found
        return self._number(self._by_index()[0])

    def _by_index(self) -> tuple[str, bool]:
        """The source of all matches, and whether it reads the newest first by itself."""
        candidates = self._few_candidates()
        if candidates:
            return self._source(_AMONG_CANDIDATES.replace("{candidates}", candidates)), False
        if self._are_few_known():
            return self._source(_AMONG_KNOWN.replace("{known}", " && ".join(self.conditions.known))), False
        if self.conditions.index:
            index = " && ".join([*self.conditions.index, "cast(:scope as tsquery)"])
            return self._source(_AMONG_INDEXED.replace("{index}", index)), False
        return self._source(_AMONG_ALL), True

    def _few_candidates(self) -> str | None:
        found = self.conditions
        if found.senders:
            return _OF_SENDER
        if found.address:
            return _OF_ADDRESS.format(found.address)
        if found.owners or found.wanted.owner not in (None, NOBODY):
            return _OF_OWNER if found.owners else _OF_OWNER.replace("any(:owners)", ":owner")
        if found.is_breached:
            return _BREACHED
        are_few = self.connection.execute(_IN_STATES, self.parameters).scalar_one()
        return _IN_STATE if are_few else None

    def _are_few_known(self) -> bool:
        """Whether there are words, and few tickets have what the keys ask for."""
        found = self.conditions
        if not found.known or len(found.index) == len(found.known):
            return False
        if not self.connection.execute(_IS_ANALYSED).scalar_one():
            return False
        statement = _EXPECTED.format(known=" && ".join(found.known))
        [plan] = self.connection.execute(text(statement), self.parameters).scalar_one()
        return bool(plan["Plan"]["Plan Rows"] <= FEW_KNOWN)

    def _source(self, template: str) -> str:
        parts = self.conditions.index
        words = f"s.vector @@ ({' && '.join(parts)}) and" if parts else ""
        return template.format(words=words, filters=self.conditions.filters)

    def _rows(self, statement: str) -> Sequence[Row[Any]]:
        return self.connection.execute(text(statement), self.parameters).all()

    def _number(self, source: str) -> int:
        number: int = self.connection.execute(text(_COUNT.format(source=source)), self.parameters).scalar_one()
        return number
