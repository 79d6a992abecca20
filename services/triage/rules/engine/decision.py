"""What a ruleset decides about a ticket."""

from typing import NamedTuple

from services.triage.rules.document.model import Priority


class DecidingRules(NamedTuple):
    """The ids of the rules that decided; None where no rule did. `tags`: those that gave tags, in order."""

    team: str | None
    priority: str | None
    respond_within: str | None
    hold: str | None
    tags: tuple[str, ...]


class Decision(NamedTuple):
    """The decision. `hold` is what the rules set; `held`: evidence is missing too, so that the ticket waits.

    `respond_within` is as the document writes it ("8h"), None where nothing sets a time.
    """

    team: str
    priority: Priority
    tags: tuple[str, ...]
    respond_within: str | None
    hold: str | None
    held: bool
    rules: DecidingRules
