"""Reads what a ticket's page shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import Connection, text

from services.triage.actions.action import Choice
from services.triage.claims.claim_ticket import LiveClaim, live_claim
from services.triage.console.layout.layout import now, team_title
from services.triage.console.layout.ticket_row import STATE_WORDS, category_title
from services.triage.console.layout.times import TimeLeft, time_left
from services.triage.console.ticket.panels import Panel, panels_of
from services.triage.console.ticket.timeline_entries import TimelineEntry, timeline_entries
from services.triage.console.ticket.why import Why, why
from services.triage.conversation.read_conversation import NEWEST
from services.triage.deps import Deps
from services.triage.rulesets.trial import explain_ticket
from services.triage.tickets.read_ticket import (
    MOST_LINES,
    find_attachment,
    likely_duplicates,
    read_ticket,
    team_of,
)
from shared.auth.principal import Principal
from shared.catalog.model import Catalog
from shared.storage.object_store import LONGEST_LINK
from shared.submission_fields import SUBMISSION_FIELDS

FILE_STATES = {
    "pending": "being checked",
    "clean": "safe copy",
    "not_scanned": "not checked for malware",
    "quarantined": "quarantined",
}


LANGUAGES = {"en": "English", "sv": "Swedish"}

_LAST_LINE = text("select coalesce(max(id), 0) from triage.timeline where ticket = :reference")


@dataclass(frozen=True)
class File:
    """An attachment; `thumbnail` is a short-lived link to its safe copy, for images that have one."""

    id: UUID
    name: str
    media_type: str
    size: int
    state: str
    state_words: str
    remark: str | None
    thumbnail: str | None


@dataclass(frozen=True)
class TicketPage:
    """One ticket, with what its page shows beside it. `others`: likely duplicates."""

    ticket: Mapping[str, Any]
    category: str
    state_words: str
    left: TimeLeft
    claim: LiveClaim | None
    files: Sequence[File]
    details: Sequence[tuple[str, str]]
    requester: Sequence[tuple[str, str | None]]
    missing: Sequence[str]
    entries: Sequence[TimelineEntry]
    why: Why
    panels: Sequence[Panel]
    others: Sequence[Mapping[str, Any]]
    mine: bool
    language: str
    other_teams: Sequence[Choice]
    last_line: int

    @property
    def quoted(self) -> str | None:
        """The quoted part of the e-mail that the ticket was made from."""
        routed: Mapping[str, Any] = next(
            (line["facts"] for line in self.ticket["timeline"] if line["kind"] == "routed"), {}
        )
        return routed.get("quoted")

    @property
    def earlier(self) -> int | None:
        """The id of the page's first line if there may be earlier ones."""
        lines = self.ticket["timeline"]
        return int(lines[0]["id"]) if len(lines) == MOST_LINES else None


def read_ticket_page(
    connection: Connection,
    deps: Deps,
    reference: str,
    reader: Principal,
    email_titles: Mapping[str, str],
    before: int = NEWEST,
) -> TicketPage:
    """The page, its timeline ending before the line `before`. Raises NotFound, Forbidden."""
    ticket = read_ticket(connection, reference, reader, before)
    claim = live_claim(connection, reference)
    mine = claim is not None and claim.holder == str(reader.id)
    return TicketPage(
        ticket=ticket,
        category=category_title(deps.catalog, ticket["category"]),
        state_words=STATE_WORDS[ticket["state"]],
        left=time_left(ticket["respond_by"], now()),
        claim=claim,
        mine=mine,
        language=email_language(ticket["locale"]),
        other_teams=[Choice(team, team_title(team)) for team in deps.settings.teams if team != ticket["team"]],
        panels=panels_of(deps.actions, ticket, claim is not None and not mine, reader, deps.catalog),
        files=[_file(connection, deps, one, reader) for one in ticket["attachments"]],
        details=labelled_details(deps.catalog, ticket["category"], ticket["details"]),
        requester=[
            (one.title, (ticket["requester"] if one.of_requester else ticket)[one.name])
            for one in SUBMISSION_FIELDS
            if one.title
        ],
        missing=[evidence_label(deps.catalog, ticket["category"], one) for one in ticket["missing_evidence"]],
        entries=timeline_entries(ticket, team_title, deps.actions, email_titles),
        last_line=last_line(connection, reference, reader),
        why=why(explain_ticket(connection, deps.rulesets, reference, reader), team_title),
        others=likely_duplicates(connection, reference, reader, deps.settings.teams),
    )


def last_line(connection: Connection, reference: str, reader: Principal) -> int:
    """The newest line of the ticket's timeline. Raises NotFound, Forbidden."""
    team_of(connection, reference, reader)
    return int(connection.execute(_LAST_LINE, {"reference": reference}).scalar_one())


def email_language(locale: str | None) -> str:
    """The language of our e-mails to a requester with this locale: English where we have no translation."""
    return LANGUAGES.get((locale or "en").partition("-")[0].lower(), LANGUAGES["en"])


def store_origin(deps: Deps) -> str:
    """The origin of thumbnails, for the page's Content-Security-Policy."""
    address = urlsplit(deps.settings.s3_public_url or deps.settings.s3_url)
    return f"{address.scheme}://{address.netloc}"


def evidence_label(catalog: Catalog, category: str, evidence: str) -> str:
    """The English label of a slot of evidence; its id if the catalogue does not have it."""
    known = catalog.categories.get(category)
    return (
        next((one.label.in_locale("en").text for one in known.evidence if one.id == evidence), evidence)
        if known
        else evidence
    )


def labelled_details(catalog: Catalog, category: str, details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Label and value of each of the path's own fields; chosen options by their label."""
    known = catalog.categories.get(category)
    labels = {field.name: field.label.in_locale("en").text for field in known.fields} if known else {}
    choices = {
        (field.name, option.value): option.label.in_locale("en").text
        for field in (known.fields if known else ())
        for option in field.options
    }
    shown = []
    for name, value in details.items():
        if name == "cannot_provide":
            refused = [evidence_label(catalog, category, one) for one in value]
            shown.append(("Can’t provide", ", ".join(refused)))
            continue
        label = labels.get(name) or evidence_label(catalog, category, name)
        shown.append((label, choices.get((name, str(value)), str(value))))
    return shown


def _file(connection: Connection, deps: Deps, file: Mapping[str, Any], reader: Principal) -> File:
    thumbnail = None
    if file["state"] == "clean" and file["media_type"].startswith("image/"):
        key, name, media_type = find_attachment(connection, file["id"], reader)
        thumbnail = deps.store.presign(key, name, LONGEST_LINK, media_type)
    return File(
        id=file["id"],
        name=file["name"],
        media_type=file["media_type"],
        size=file["size"],
        state=file["state"],
        state_words=FILE_STATES[file["state"]],
        remark=file["remark"],
        thumbnail=thumbnail,
    )
