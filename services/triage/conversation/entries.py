"""Which timeline lines are messages, and what is shown of one. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from shared.commonmark import as_html, as_plain, linked_lines

# Kinds of timeline lines and the kinds of conversation entries that they are.
KINDS: Mapping[str, str] = {
    "routed": "submission",
    "followed_up": "follow_up",
    "replied": "reply",
    "information_requested": "information_request",
    "disapproved": "disapproval",
    "resolved": "resolution",
    "noted": "note",
}
BY_REQUESTER = ("routed", "followed_up")
INTERNAL = "noted"

# SQL on a timeline line `l`. A follow-up that only fills in details, and a resolution without a message or a file, are no messages;
# one that was undone was never sent.
IS_MESSAGE = """
    (l.kind in ('routed', 'replied', 'information_requested', 'disapproved', 'noted')
     or l.kind = 'resolved' and (l.message <> '' or jsonb_exists(l.facts, 'with_files'))
        and not exists (select from triage.undone_lines u where u.line = l.id)
     or l.kind = 'followed_up' and (l.message <> '' or jsonb_array_length(coalesce(l.facts -> 'attachments', '[]')) > 0))
"""
# By time, and not by anybody.
SNOOZE_ENDED = "snooze_ended"
OPENED_BY_REQUESTER = ("evidence_complete", "answered_by_requester", "reopened")
# SQL on a ticket `t`: the kind of the newest line that is a message, or by which the requester opened the ticket, as by details alone, or
# the end of a snooze did.
NEWEST_TURN = f"""
    (select l.kind from triage.timeline l
     where l.ticket = t.reference and l.kind <> '{INTERNAL}'
       and ({IS_MESSAGE} or l.kind in ('evidence_complete', 'answered_by_requester', '{SNOOZE_ENDED}')
            or l.kind = 'reopened' and l.by is null)
     order by l.id desc limit 1)
"""

LONGEST_SNIPPET = 140
# For a message without a text.
_WITHOUT_TEXT: Mapping[str, str] = {
    "followed_up": "Sent a file",
    "information_requested": "Asked for evidence",
    "disapproved": "Disapproved",
    "resolved": "Sent a file",
}
_SOURCES = ("form", "api", "email", "console")


def snippet_of(newest: Mapping[str, Any] | None) -> str:
    """The beginning of a message on one line, without marks; `newest`: the kind and text of its timeline line."""
    if newest is None:
        return ""
    written = newest["text"] or ""
    plain = written if newest["kind"] in BY_REQUESTER else as_plain(written)
    line = " ".join(plain.split()) or _WITHOUT_TEXT.get(newest["kind"], "")
    return line if len(line) <= LONGEST_SNIPPET else line[: LONGEST_SNIPPET - 1].rstrip() + "…"


def last_from(newest: Mapping[str, Any] | None) -> str:
    """Who wrote that message: `requester` or `agent`."""
    return "requester" if newest is None or newest["kind"] in BY_REQUESTER else "agent"


def entry_of(
    line: Row[Any], requester: Mapping[str, Any], files: Sequence[Mapping[str, Any]], email: Mapping[str, Any] | None
) -> dict[str, Any]:
    """A conversation entry (the contract's shape) of a timeline line.

    `line`: with the columns of triage.timeline, `submitted` (the ticket's message) and `by_email`; `requester`: name, email and
    created_at of the ticket; `email`: id and state of the e-mail that the message was sent with.
    """
    is_submission = line.kind == "routed"
    written = (line.submitted if is_submission else line.message) or ""
    by_requester = line.kind in BY_REQUESTER
    return {
        "id": line.id,
        "reference": line.ticket,
        "kind": KINDS[line.kind],
        "at": requester["created_at"] if is_submission else line.at,
        "author": _requester(line, requester) if by_requester else _agent(line),
        "text": written,
        "quoted": line.facts.get("quoted"),
        "html": linked_lines(written) if by_requester else as_html(written),
        "automatic": bool(line.facts.get("automatic")),
        "attachments": list(files),
        "email": email,
        "source": _source(line),
    }


def _requester(line: Row[Any], requester: Mapping[str, Any]) -> dict[str, Any]:
    sender = line.facts.get("from")
    if sender:
        return {"role": "requester", "name": None, "email": sender}
    return {"role": "requester", "name": requester["name"], "email": requester["email"]}


def _agent(line: Row[Any]) -> dict[str, Any]:
    if line.by is None:
        return {"role": "system", "name": None, "email": None}
    return {"role": "agent", "name": line.by, "email": line.by_email}


def _source(line: Row[Any]) -> str:
    """How it reached us; of 0.1.0 only what came by mail is known."""
    source = line.facts.get("source")
    if source in _SOURCES:
        return str(source)
    return "form" if line.kind in BY_REQUESTER and source is None else "console"
