"""The steps of a ticket, for its requester. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from markupsafe import Markup

from services.intake.web.i18n import Language

State = Literal["done", "now", "later"]


@dataclass(frozen=True)
class Step:
    """One step: its title, its state, when it was done, and a second line."""

    title: Markup
    state: State
    at: datetime | None = None
    about: Markup | None = None


def heading_of(status: str, waits_for_evidence: bool, language: Language, merged_into: str | None = None) -> Markup:
    """Where the ticket stands, as the page's heading says it. `waits_for_evidence`: something of the requester is missing; `merged_into`:
    the ticket in which the matter continues."""
    gettext = language.gettext
    if status == "withdrawn":
        return gettext("You took this note back")
    if merged_into:
        return gettext("Your note continues under %(reference)s", reference=merged_into)
    if status == "resolved":
        return gettext("We have closed your note")
    if waits_for_evidence and status in ("needs_evidence", "answered"):
        return gettext("We need something from you")
    return gettext("We have answered you") if status == "answered" else gettext("We have your note")


def steps_of(
    status: str,
    received_at: datetime,
    team: Markup | None,
    language: Language,
    *,
    waits_for_evidence: bool = False,
    shows_answers: bool = False,
    merged_into: str | None = None,
) -> tuple[Step, ...]:
    """The steps for a `status` of the contract; `team` is the team's name in the reader's language.

    `waits_for_evidence`: something of the requester is missing; `shows_answers`: the page shows what we answered; `merged_into`: the ticket
    in which the matter continues.
    """
    gettext = language.gettext
    with_team = gettext("With the %(team)s team", team=team) if team else gettext("With our team")
    answered = gettext("Answered")
    first = Step(gettext("Received"), "done", received_at)
    if merged_into:
        about = gettext(
            "We answer both notes there. The link is in our e-mails. What you write below reaches us there too."
        )
        return first, Step(gettext("Continues under %(reference)s", reference=merged_into), "now", about=about)
    if status == "needs_evidence" or (status == "received" and waits_for_evidence):
        return first, Step(gettext("Waiting for something from you"), "now"), _later(with_team), _later(answered)
    if status == "with_team":
        about = gettext("A person reads it and answers by e-mail.")
        return first, Step(with_team, "now", about=about), _later(answered)
    if status == "answered":
        about = (
            gettext("Our answer is below, and in your e-mail. You can write more.")
            if shows_answers
            else gettext("Look in your e-mail. You can write more below.")
        )
        return first, Step(with_team, "done"), Step(answered, "now", about=about)
    if status == "resolved":
        about = gettext("Anything to add? Write below, and it is open again.")
        return first, Step(with_team, "done"), Step(gettext("Closed"), "done", about=about)
    about = gettext("On its way to the right team.")
    return Step(first.title, "now", received_at, about), _later(with_team), _later(answered)


def _later(title: Markup) -> Step:
    return Step(title, "later")
