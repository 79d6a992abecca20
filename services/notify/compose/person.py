"""What makes an e-mail that a person wrote look like a person's: the sender's name, the subject, the quoted message. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from shared.events.contracts import RecordedEvent
from shared.mail.writer import CONTROL, first_name, one_line

# The facts of an e-mail that no person wrote.
NO_PERSON: Mapping[str, Any] = {"person": False, "writer": None, "own_subject": None, "quoted": None}
_LONGEST_SUBJECT = 120
# A mail program hides more, and what matters of a longer message is on the ticket's page.
_MOST_QUOTED = 2_000
_MOST_LINES = 60

# Of mail programs in English, German, Dutch, Norwegian and Swedish. A forward's stays: it tells what the subject is.
_ANSWERED = re.compile(r"(?:(?:re|sv|aw|antw)(?:\[\d+\])?\s*[:：]\s*)+", re.IGNORECASE)


def person_facts(event: RecordedEvent, *, wrote: bool = True) -> dict[str, Any]:
    """The facts that the templates of an e-mail by a person use; without a person, each is empty.

    `wrote`: whether a person's message is in it. `person`: whether it is a person's e-mail; `writer`: their first name, None where they
    have none to show; `own_subject`: the requester's, on one line; `quoted`: the requester's newest message.
    """
    if not (wrote and event.payload.get("person") is True):
        return dict(NO_PERSON)
    return {
        "person": True,
        "writer": first_name(event.payload.get("by")),
        "own_subject": own_subject(event.personal.get("subject"), event.ticket),
        "quoted": shortened(str(event.personal.get("quoted") or "")) or None,
    }


def sender_name(writer: str | None, network: str) -> str:
    """How From names us: `Anna, Pinly`, or the network alone."""
    return f"{writer}, {network}" if writer else network


def own_subject(subject: object, reference: str | None) -> str | None:
    """The requester's subject without `Re:` and the ticket's reference, both of which we add; None where nothing is left."""
    line = one_line(str(subject or ""))
    if reference:
        line = re.sub(rf"[\[(]?{re.escape(reference)}[\])]?", " ", line, flags=re.IGNORECASE)
    line = " ".join(_ANSWERED.sub("", " ".join(line.split()), count=1).split())
    return f"{line[: _LONGEST_SUBJECT - 1].rstrip()}…" if len(line) > _LONGEST_SUBJECT else line or None


def shortened(message: str) -> str:
    """A message as it is quoted: its beginning, where it is long."""
    lines = [CONTROL.sub(" ", line).rstrip() for line in message.strip().splitlines()]
    kept = "\n".join(lines[:_MOST_LINES])[:_MOST_QUOTED].rstrip()
    return kept if len(kept) == len("\n".join(lines)) else f"{kept} …"


def quoted_lines(message: str) -> str:
    """A message as plain text quotes it (RFC 3676, 4.5): each line behind `> `, one that is quoted already behind `>`."""
    return "\n".join(
        ">" if not line else f">{line}" if line[0] == ">" else f"> {line}" for line in message.splitlines()
    )
