"""Fills in a saved reply for a ticket."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from services.triage.saved_replies.placeholders import fill
from services.triage.saved_replies.saved_reply import find_saved_reply
from shared.auth.principal import Principal
from shared.catalog.model import Catalog
from shared.catalog.text import Text
from shared.errors import Unprocessable

_TICKET = text(
    "select reference, team, name, subject, category, locale from triage.tickets where reference = :reference"
)


@dataclass(frozen=True)
class RenderedReply:
    """`text`: CommonMark in the language `lang`."""

    text: str
    lang: str
    actions: Mapping[str, Any]


def render_saved_reply(
    connection: Connection, saved_reply: UUID, reference: str, agent: Principal, catalog: Catalog
) -> RenderedReply:
    """In the requester's language, English where that is missing.

    Raises NotFound for an unknown saved reply, Unprocessable for an unknown ticket, Forbidden for either where the agent may not read it.
    """
    row = find_saved_reply(connection, saved_reply, agent)
    ticket = ticket_to_fill_in(connection, reference)
    agent.require_read(ticket.team)
    return fill_in(row.texts, row.actions, ticket, agent, catalog)


def ticket_to_fill_in(connection: Connection, reference: str) -> Row[Any]:
    """What fill_in needs of a ticket, and its team. Raises Unprocessable."""
    ticket = connection.execute(_TICKET, {"reference": reference}).one_or_none()
    if ticket is None:
        raise Unprocessable({"ticket": ["There is no such ticket."]})
    return ticket


def fill_in(
    texts: Mapping[str, str], actions: Mapping[str, Any], ticket: Any, agent: Principal, catalog: Catalog
) -> RenderedReply:
    """`ticket`: with its reference, name, subject, category and locale. A ticket without a subject has its topic's title."""
    found = Text(texts).in_locale(ticket.locale or "en")
    category = catalog.resolve(ticket.category)
    values = {
        "requester.name": ticket.name,
        "ticket.reference": ticket.reference,
        "ticket.subject": ticket.subject or (category.title.in_locale(found.lang).text if category else None),
        "agent.name": agent.name,
    }
    return RenderedReply(fill(found.text, values), found.lang, actions)
