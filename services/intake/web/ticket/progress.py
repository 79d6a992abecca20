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


def steps_of(status: str, received_at: datetime, team: Markup | None, language: Language) -> tuple[Step, ...]:
    """The steps for a `status` of the contract; `team` is the team's name in the reader's language."""
    gettext = language.gettext
    with_team = gettext("With the %(team)s team", team=team) if team else gettext("With our team")
    answered = gettext("Answered")
    first = Step(gettext("Received"), "done", received_at)
    if status == "needs_evidence":
        return first, Step(gettext("Waiting for something from you"), "now"), _later(with_team), _later(answered)
    if status == "with_team":
        about = gettext("A person reads it and answers by e-mail.")
        return first, Step(with_team, "now", about=about), _later(answered)
    if status == "answered":
        about = gettext("Look in your e-mail. You can write more below.")
        return first, Step(with_team, "done"), Step(answered, "now", about=about)
    if status == "resolved":
        about = gettext("Anything to add? Write below, and it is open again.")
        return first, Step(with_team, "done"), Step(gettext("Closed"), "done", about=about)
    about = gettext("On its way to the right team.")
    return Step(first.title, "now", received_at, about), _later(with_team), _later(answered)


def _later(title: Markup) -> Step:
    return Step(title, "later")
