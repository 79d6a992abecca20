"""The steps of a note's way, as the requester sees them. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from markupsafe import Markup

from services.intake.web.sentences import Phrasebook

State = Literal["done", "now", "later"]


@dataclass(frozen=True)
class Step:
    """One step: its words, whether it is behind, at hand or ahead, when it was taken, and a second line."""

    title: Markup
    state: State
    at: datetime | None = None
    about: Markup | None = None


def steps_of(status: str, received_at: datetime, team: Markup | None, phrases: Phrasebook) -> tuple[Step, ...]:
    """The steps for a `status` of the contract; `team` is the team's name in the reader's language."""
    say = phrases.say
    with_team = say("With the %(team)s team", team=team) if team else say("With our team")
    first = Step(say("Received"), "done", received_at)
    if status == "needs_evidence":
        return first, Step(say("Waiting for something from you"), "now"), _later(with_team), _later(say("Answered"))
    if status == "with_team":
        about = say("A person reads it and answers by e-mail.")
        return first, Step(with_team, "now", about=about), _later(say("Answered"))
    if status == "answered":
        about = say("Look in your e-mail. You can write more below.")
        return first, Step(with_team, "done"), Step(say("Answered"), "now", about=about)
    if status == "resolved":
        about = say("Something left to say? Write below, and it is open again.")
        return first, Step(with_team, "done"), Step(say("Closed"), "done", about=about)
    about = say("On its way to the right team.")
    return Step(first.title, "now", received_at, about), _later(with_team), _later(say("Answered"))


def _later(title: Markup) -> Step:
    return Step(title, "later")
