"""Read the ledger: newest first, each e-mail with the reason for its state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, text

from services.notify.emails.links import fill
from shared.auth.principal import Principal
from shared.errors import Forbidden, NotFound
from shared.mail.addresses import in_ascii

# While the circuit breaker is open, its reason is that of all queued e-mails.
_COLUMNS = """
    e.id, e.kind, e.ticket, e.recipient, e.locale, e.subject, e.state, e.message_id, e.created_at, e.sent_at,
    case when e.state in ('queued', 'deferred') and e.original is not null then 'held until its recipient is made again: see upgrading'
        when e.state in ('queued', 'deferred') and g.state <> 'open' then coalesce(g.because, g.state) else e.because end as because,
    coalesce(t.team, e.team) as team
"""
_FROM = """
    from notify.emails e cross join notify.gate g left join notify.threads t on t.ticket = e.ticket
"""

_ONE = text(f"""
    select {_COLUMNS}, e.headers, e.text, e.html, e.key_number {_FROM} where e.id = :id
""")

_ATTEMPTS = text("""
    select at, stage, outcome, code, words from notify.email_attempts where email = :id order by at, id
""")


@dataclass(frozen=True)
class Wanted:
    """Filters, all of which must hold. `teams`: None for all, and for e-mails without a team."""

    teams: Sequence[str] | None
    ticket: str | None = None
    state: str | None = None
    kind: str | None = None
    to: str | None = None


@dataclass(frozen=True)
class Email:
    """A row of a list."""

    id: UUID
    kind: str
    ticket: str | None
    to: str
    locale: str
    subject: str
    state: str
    because: str | None
    message_id: str
    created_at: datetime
    sent_at: datetime | None
    team: str | None


@dataclass(frozen=True)
class WholeEmail(Email):
    """A row with everything that was sent; `text` and `html` still hold the stand-in for the status link."""

    headers: Mapping[str, str]
    text: str
    html: str
    key_number: int | None
    attempts: Sequence[Mapping[str, Any]]

    def shown(self, link: str | None) -> dict[str, Any]:
        """Every field, with the stand-in replaced by `link`; None hides the link."""
        return {
            **vars(self),
            "text": fill(self.text, link, as_html=False),
            "html": fill(self.html, link, as_html=True),
        }


_CONDITIONS = {
    "teams": "coalesce(t.team, e.team) = any(cast(:teams as text[]))",
    "ticket": "e.ticket = :ticket",
    "state": "e.state = :state",
    "kind": "e.kind = :kind",
    "to": "lower(e.recipient) = lower(:to)",
}


def list_emails(connection: Connection, wanted: Wanted, most: int, before: UUID | None) -> list[Email]:
    """At most `most` of the wanted e-mails, newest first, from the one after `before`."""
    given = {name: value for name, value in vars(wanted).items() if value is not None}
    conditions = [_CONDITIONS[name] for name in given] + (["e.id < :before"] if before else [])
    where = f"where {' and '.join(conditions)}" if conditions else ""
    query = text(f"select {_COLUMNS} {_FROM} {where} order by e.id desc limit :most")
    lists = {"teams": list(wanted.teams)} if wanted.teams is not None else {}
    address = {"to": in_ascii(wanted.to)} if wanted.to is not None else {}
    rows = connection.execute(query, {**given, **lists, **address, "before": before, "most": most})
    return [Email(**_named(row._mapping)) for row in rows]


def read_email(connection: Connection, email: UUID, reader: Principal) -> WholeEmail:
    """One e-mail with its attempts. Raises NotFound, or Forbidden when it is another team's."""
    row = connection.execute(_ONE, {"id": email}).first()
    if row is None:
        raise NotFound("There is no such e-mail.")
    if not (reader.may_read(row.team) if row.team else sees_all(reader)):
        raise Forbidden("This belongs to another team.")
    attempts = [dict(attempt._mapping) for attempt in connection.execute(_ATTEMPTS, {"id": email})]
    return WholeEmail(**_named(row._mapping), attempts=attempts)


def sees_all(reader: Principal) -> bool:
    """Whether the reader sees the e-mails of every team, and those without a team."""
    return reader.may_read("*")


def visible_teams(reader: Principal, teams: tuple[str, ...]) -> tuple[str, ...] | None:
    """The teams whose e-mails the reader may see; None: all, and e-mails without a team."""
    return None if sees_all(reader) else reader.readable(teams)


def _named(row: RowMapping) -> dict[str, Any]:
    """A row's columns by the API's names."""
    return {("to" if name == "recipient" else name): value for name, value in row.items()}
