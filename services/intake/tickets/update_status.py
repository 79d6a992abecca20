"""Keep what triage and notify report of a ticket for its requester's page. An older event that comes late changes nothing."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, TextClause, text

from shared.errors import TransientError
from shared.events.contracts import RecordedEvent

# The requester's status for each state of triage.
STATUS_OF_STATE = {
    "held": "needs_evidence",
    "open": "with_team",
    "claimed": "with_team",
    "waiting": "answered",
    "resolved": "resolved",
    "withdrawn": "withdrawn",
}

_UPDATE_STATUS = text("""
    update intake.submissions s
    set status = case when s.status = 'withdrawn' then s.status else news.status end,
        team = coalesce(news.team, s.team),
        answer_by = case when news.tells_answer_by then news.answer_by else s.answer_by end,
        status_since = case when s.status = news.status and news.status <> 'resolved' then s.status_since else news.at end,
        missing_evidence = coalesce(news.missing_evidence, s.missing_evidence),
        status_event = news.event
    from (select distinct on (reference) *
          from jsonb_to_recordset(cast(:news as jsonb)) as news (
              reference text, event bigint, at timestamptz, status text, team text, tells_answer_by boolean, answer_by timestamptz,
              missing_evidence text[])
          order by reference, event desc) as news
    where s.reference = news.reference and s.status_event < news.event
""")

_UPDATE_MAIL_STATE = text("""
    update intake.submissions s set mail_state = news.state, mail_because = news.because, mail_event = news.event
    from (select distinct on (reference) *
          from jsonb_to_recordset(cast(:news as jsonb)) as news (reference text, event bigint, state text, because text)
          order by reference, event desc) as news
    where s.reference = news.reference and s.mail_event < news.event
""")

_KNOWN = text("select count(*) from intake.submissions where reference = any(cast(:references as text[]))")


def update_status(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Handle TicketRouted, TicketUnblocked, TicketStateChanged and TicketTransferred, each of which holds the ticket's present state.

    Raises TransientError for a ticket that an agent opened and that is not recorded here yet.
    """
    _update(connection, _UPDATE_STATUS, [_news(event) for event in events])


def update_mail_state(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Handle EmailStateChanged, so that the page shows a requester that our mail does not reach them. Raises as update_status."""
    news = [
        {
            "reference": event.ticket,
            "event": event.id,
            "state": event.payload["state"],
            "because": event.payload.get("because"),
        }
        for event in events
        if event.ticket is not None
    ]
    _update(connection, _UPDATE_MAIL_STATE, news)


def _update(connection: Connection, statement: TextClause, news: Sequence[dict[str, Any]]) -> None:
    """Each ticket has one row to update, unless it is unknown or the news is old: only then is it looked for."""
    references = {one["reference"] for one in news}
    updated = connection.execute(statement, {"news": json.dumps(news)}).rowcount
    if updated < len(references):
        known = connection.execute(_KNOWN, {"references": list(references)}).scalar_one()
        if known < len(references):
            raise TransientError("a ticket is not recorded yet")


def _news(event: RecordedEvent) -> dict[str, Any]:
    payload = event.payload
    return {
        "reference": event.ticket,
        "event": event.id,
        "at": event.occurred_at.isoformat(),
        "status": STATUS_OF_STATE[payload["state"]],
        "team": payload.get("team"),
        "tells_answer_by": "respond_by" in payload,
        "answer_by": payload.get("respond_by"),
        "missing_evidence": payload.get("missing_evidence"),
    }
