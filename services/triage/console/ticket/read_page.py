"""Reads what a ticket's page shows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, text

from services.triage.actions.action import Choice
from services.triage.claims.claim_ticket import LiveClaim, live_claim
from services.triage.console.layout.layout import now, team_title
from services.triage.console.layout.ticket_row import STATE_WORDS, category_title
from services.triage.console.layout.times import TimeLeft, time_left
from services.triage.console.sending.shown import Sending, sending_of, shown_message
from services.triage.console.ticket.files import file_of
from services.triage.console.ticket.labels import evidence_label, labelled_details
from services.triage.console.ticket.merge_state import MergeState, merge_state
from services.triage.console.ticket.panels import Panel, merged_into, panels_of
from services.triage.console.ticket.thread import Event, Events, Message, first_shown, thread
from services.triage.console.ticket.why import Why, why
from services.triage.console.timeline.timeline_entries import timeline_entries
from services.triage.conversation.read_conversation import NEWEST
from services.triage.deps import Deps
from services.triage.owners.colleagues import colleagues
from services.triage.rulesets.trial import explain_ticket
from services.triage.saved_replies.list_saved_replies import find_saved_replies
from services.triage.scheduled_messages.read_messages import messages_of_ticket
from services.triage.tickets.read_ticket import likely_duplicates, read_ticket, team_of
from shared.auth.principal import Principal
from shared.submission_fields import SUBMISSION_FIELDS

LANGUAGES = {"en": "English", "sv": "Swedish"}

# What is sent to a ticket that was merged into this one is news here.
_LAST_LINE = text("""
    select coalesce(max(newest.id), 0) from triage.tickets t cross join unnest(t.reference || t.merged_tickets) as own (reference)
    cross join lateral (select max(l.id) as id from triage.timeline l where l.ticket = own.reference) newest
    where t.reference = :reference
""")


@dataclass(frozen=True)
class TicketPage:
    """One ticket, with what its page shows beside it. `others`: likely duplicates; `people`: who can own it.

    `is_newest`: whether the thread ends with the newest line; `earlier`: the line before which there is more of it.
    """

    ticket: Mapping[str, Any]
    category: str
    left: TimeLeft
    claim: LiveClaim | None
    details: Sequence[tuple[str, str]]
    requester: Sequence[tuple[str, str | None]]
    missing: Sequence[str]
    thread: Sequence[Message | Event | Events]
    earlier: int | None
    is_newest: bool
    why: Why
    panels: Sequence[Panel]
    others: Sequence[Mapping[str, Any]]
    people: Sequence[Row[tuple[str, str]]]
    mine: bool
    language: str
    other_teams: Sequence[Choice]
    last_line: int
    zone: str
    merge: MergeState | None
    sending: Sending
    saved_replies: Sequence[Row[Any]]

    @property
    def state_words(self) -> str:
        """Its state, in words."""
        return STATE_WORDS[self.ticket["state"]]

    @property
    def snoozed_by(self) -> str | None:
        """Who snoozed it last."""
        return next((line["by"] for line in reversed(self.ticket["timeline"]) if line["kind"] == "snoozed"), None)

    @property
    def seen(self) -> int:
        """The newest entry of the conversation that the page shows."""
        return int(self.ticket["conversation"][-1]["id"])

    @property
    def may_merge(self) -> bool:
        """Whether the page has the panel for it."""
        return any(panel.name == "merge" for panel in self.panels)

    @property
    def newer(self) -> Sequence[Message]:
        """The messages that came while the reader wrote."""
        return [one for one in self.thread if isinstance(one, Message) and one.is_new]


def read_ticket_page(
    connection: Connection,
    deps: Deps,
    reference: str,
    reader: Principal,
    email_titles: Mapping[str, str],
    before: int = NEWEST,
    new: Collection[int] = (),
    kept: str = "",
) -> TicketPage:
    """The page, its thread ending before the line `before`; `new`: entries to mark, `kept`: as in panels_of.

    Raises NotFound, Forbidden.
    """
    ticket = read_ticket(connection, reference, reader, before)
    claim = live_claim(connection, reference)
    mine = claim is not None and claim.holder == str(reader.id)
    by_another = claim is not None and not mine
    is_newest = before == NEWEST
    entries = timeline_entries(ticket, team_title, deps.actions, email_titles, deps.catalog)
    return TicketPage(
        ticket=ticket,
        category=category_title(deps.catalog, ticket["category"]),
        left=time_left(ticket["respond_by"], now()),
        claim=claim,
        mine=mine,
        language=email_language(ticket["locale"]),
        other_teams=[Choice(team, team_title(team)) for team in deps.settings.teams if team != ticket["team"]],
        panels=panels_of(deps.actions, ticket, by_another, reader, deps.catalog, kept) if is_newest else (),
        details=labelled_details(deps.catalog, ticket["category"], ticket["details"]),
        requester=_requester(ticket),
        missing=[evidence_label(deps.catalog, ticket["category"], one) for one in ticket["missing_evidence"]],
        thread=thread(ticket, entries, lambda file: file_of(connection, deps, file, reader), new),
        earlier=first_shown(ticket),
        is_newest=is_newest,
        last_line=last_line(connection, reference, reader),
        zone=deps.rulesets.active(connection).compiled.document.timezone_of(ticket["team"]),
        why=why(explain_ticket(connection, deps.rulesets, reference, reader), team_title, ticket),
        others=likely_duplicates(connection, reference, reader, deps.settings.teams),
        merge=merge_state(connection, reference, merged_into(ticket), reader),
        sending=_sending(connection, deps, ticket, reader),
        saved_replies=_saved_replies(connection, deps, reader, ticket["team"]),
        people=colleagues(connection, [ticket["team"]]) if reader.may_write(ticket["team"]) else (),
    )


def _sending(connection: Connection, deps: Deps, ticket: Mapping[str, Any], reader: Principal) -> Sending:
    zone = ZoneInfo(deps.rulesets.active(connection).compiled.document.timezone_of(ticket["team"]))
    rows = messages_of_ticket(connection, ticket["reference"], reader)
    shown = [shown_message(row, deps.actions, reader, ticket["team"], zone) for row in rows]
    return sending_of(shown, now(), zone)


def _saved_replies(connection: Connection, deps: Deps, reader: Principal, team: str) -> Sequence[Row[Any]]:
    """Those that the composer offers without scripts."""
    if not reader.may_write(team):
        return ()
    return find_saved_replies(connection, reader, reader.readable(deps.settings.teams), team, "")


def _requester(ticket: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    """Title and value of what the submission tells about its sender."""
    return [
        (one.title, (ticket["requester"] if one.of_requester else ticket)[one.name])
        for one in SUBMISSION_FIELDS
        if one.title
    ]


def last_line(connection: Connection, reference: str, reader: Principal) -> int:
    """The newest line of the ticket's timeline. Raises NotFound, Forbidden."""
    team_of(connection, reference, reader)
    return int(connection.execute(_LAST_LINE, {"reference": reference}).scalar_one())


def email_language(locale: str | None) -> str:
    """The language of our e-mails to a requester with this locale: English where we have no translation."""
    return LANGUAGES.get((locale or "en").partition("-")[0].lower(), LANGUAGES["en"])
