"""A ticket's timeline as sentences."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from services.triage.actions.action import Action, Facts, TeamTitle
from services.triage.console.sending.shown import REASONS
from services.triage.console.ticket.labels import evidence_label, reason_title
from services.triage.console.timeline.words import BY_PERSON, BY_REQUESTER, BY_SYSTEM
from shared.catalog.model import Catalog

Line = Mapping[str, Any]

EMAIL_STATES = {
    "queued": "is queued",
    "sending": "is being sent",
    "sent": "sent",
    "deferred": "is delayed",
    "failed": "could not be sent",
    "bounced": "bounced",
    "suppressed": "was not sent",
}
TROUBLE = ("failed", "bounced", "suppressed", "deferred")


@dataclass(frozen=True)
class TimelineEntry:
    """One entry, shown as "`who` `words`".

    `kind`: `theirs` by the requester, `ours` by an agent, `note` for agents only, `trouble` for what needs attention, else `system`.
    `quoted`: the quoted part of an e-mail; `email`: the id of the e-mail that the entry links to.
    """

    at: datetime
    kind: str
    who: str
    words: str
    message: str | None
    quoted: str | None = None
    email: str | None = None
    id: int = 0


class _About(NamedTuple):
    """What sentences take from elsewhere: the requester, names of files by id, titles of teams, the actions by
    their kind, titles of e-mails by kind, labels of evidence, titles of reasons."""

    person: str
    files: Mapping[str, str]
    team_title: TeamTitle
    actions: Mapping[str, Action]
    email_titles: Mapping[str, str]
    evidence: Callable[[str], str]
    reason: Callable[[str], str]


def timeline_entries(
    ticket: Mapping[str, Any],
    team_title: TeamTitle,
    actions: Sequence[Action],
    email_titles: Mapping[str, str],
    catalog: Catalog,
) -> Sequence[TimelineEntry]:
    """The entries of `ticket` (as read_ticket returns it), oldest first, each with the id of its line."""
    person = ticket["requester"]["name"] or ticket["requester"]["email"]
    files = {str(file["id"]): str(file["name"]) for file in ticket.get("attachments", ())}
    about = _About(
        person,
        files,
        team_title,
        {action.kind: action for action in actions},
        email_titles,
        evidence=partial(evidence_label, catalog, str(ticket["category"])),
        reason=partial(reason_title, catalog),
    )
    return [replace(_entry(line, about), id=line["id"]) for line in ticket["timeline"]]


def _entry(line: Line, about: _About) -> TimelineEntry:
    kind, facts = line["kind"], line["facts"]
    if kind in _SPECIAL:
        return _SPECIAL[kind](line, about)
    if kind in BY_REQUESTER:
        words = BY_REQUESTER[kind] + _filled(facts, about) + _about_mail(facts) + _about_block(facts)
        who = str(facts.get("from") or about.person)
        return TimelineEntry(line["at"], "theirs", who, words, line["message"], facts.get("quoted"))
    if kind in BY_SYSTEM:
        return TimelineEntry(line["at"], "system", "", BY_SYSTEM[kind], line["message"])
    return _by_person(line, about)


def _by_person(line: Line, about: _About) -> TimelineEntry:
    """An action, a claim, or a kind that this version does not know."""
    action = about.actions.get(line["kind"])
    words = action.words if action else BY_PERSON.get(line["kind"], line["kind"].replace("_", " "))
    sentence = words(line["facts"], about.team_title) if callable(words) else words + _codes(line["facts"], about)
    kind = "note" if action and action.is_internal else "ours" if line["by"] else "system"
    return TimelineEntry(line["at"], kind, line["by"] or "", sentence, line["message"])


def _email(line: Line, about: _About) -> TimelineEntry:
    facts: Facts = line["facts"]
    state = facts.get("state", "")
    kind = str(facts.get("kind", ""))
    title = about.email_titles.get(kind) or kind.replace("_", " ").capitalize() or "E-mail"
    title += " to a participant" if facts.get("participant") else ""
    words = f"{title} {EMAIL_STATES.get(state, state)}" + (f" ({facts['because']})" if facts.get("because") else "")
    kind = "trouble" if state in TROUBLE else "system"
    return TimelineEntry(line["at"], kind, "", words, None, email=facts.get("email"))


def _file(line: Line, about: _About) -> TimelineEntry:
    facts: Facts = line["facts"]
    name = about.files.get(str(facts.get("attachment")), "A file")
    because = f": {facts['because']}" if facts.get("because") else ""
    if facts.get("state") == "quarantined":
        return TimelineEntry(line["at"], "trouble", "", f"{name} was put into quarantine{because}", None)
    return TimelineEntry(line["at"], "system", "", f"{name} was checked{because}", None)


def _stopped(line: Line, about: _About) -> TimelineEntry:
    names = [about.files.get(str(file), "a file") for file in line["facts"].get("files") or ()]
    words = f"The message was not sent: {', '.join(names)} could not be checked and is in quarantine"
    return TimelineEntry(line["at"], "trouble", "", words, None)


def _not_sent(line: Line, _: _About) -> TimelineEntry:
    why = REASONS.get(str(line["facts"].get("because")), "it failed")
    return TimelineEntry(line["at"], "trouble", "", f"A message by {line['by']} was not sent: {why}", None)


def _breached(line: Line, _: _About) -> TimelineEntry:
    facts: Facts = line["facts"]
    raised = facts.get("to") if facts.get("to") != facts.get("from") else None
    words = "The answer is overdue" + (f"; the priority is now {raised}" if raised else "")
    return TimelineEntry(line["at"], "trouble", "", words, None)


def _escalated(line: Line, _: _About) -> TimelineEntry:
    if line["facts"].get("leads"):
        return TimelineEntry(line["at"], "system", "", "Escalated to the team’s leads", None)
    return TimelineEntry(line["at"], "trouble", "", "Not escalated: the team has no lead", None)


def _expired(line: Line, _: _About) -> TimelineEntry:
    whose = f"{line['by']}’s claim" if line["by"] else "The claim"
    return TimelineEntry(line["at"], "system", "", f"{whose} expired; the ticket went back to the queue", None)


def _satisfaction(line: Line, about: _About) -> TimelineEntry:
    answer = line["facts"].get("answer")
    return TimelineEntry(line["at"], "theirs", about.person, f"said that the help was {answer}", line["message"])


_WHY_NOT_IN_QUEUE = {"held": "; it waits for evidence", "blocked": "; its sender is blocked"}


def _routed(line: Line, about: _About) -> TimelineEntry:
    facts: Facts = line["facts"]
    team = about.team_title(str(facts.get("team", "")))
    how = "by its path" if not facts.get("placed_by") else f"by the rule {facts['placed_by']}"
    origin = (f"; it continues {facts['follows']}" if facts.get("follows") else "") + _about_mail(facts)
    if facts.get("opened_by"):
        origin = f"; opened by {facts['opened_by']} ({facts.get('source')})"
    held = _WHY_NOT_IN_QUEUE.get(str(facts.get("state")), "")
    return TimelineEntry(line["at"], "system", "", f"Routed to {team} {how}{held}{origin}", None)


def _filled(facts: Facts, about: _About) -> str:
    """The evidence that a follow-up brought."""
    filled = [about.evidence(str(slot)) for slot in facts.get("filled") or ()]
    return f" (evidence: {'; '.join(filled)})" if filled else ""


def _about_mail(facts: Facts) -> str:
    """For what came by e-mail: whether a machine sent it, its sender, the files that were not accepted."""
    if facts.get("source") != "email":
        return ""
    how = " by automatic e-mail" if facts.get("automatic") else " by e-mail"
    who = f", from another address ({facts['from']})" if facts.get("from") else ""
    unsure = (
        f". A program may have written it ({facts['unsure']}): it was not answered automatically"
        if facts.get("unsure")
        else ""
    )
    lost = "; ".join(f"{file['name']} ({file['because']})" for file in facts.get("not_taken") or [])
    return how + who + unsure + (f". Not accepted: {lost}" if lost else "")


def _about_block(facts: Facts) -> str:
    """For what a blocked sender sent later."""
    return ". Its sender is blocked: it opened nothing and was not answered" if facts.get("blocked") else ""


def _codes(facts: Facts, about: _About) -> str:
    """The reasons, the evidence or the outcome in the facts, if any."""
    titles = [
        *(about.reason(code) for code in facts.get("reasons") or ()),
        *(about.evidence(slot) for slot in facts.get("evidence") or ()),
    ]
    outcome = facts.get("outcome")
    if outcome:
        titles.append(str(outcome).replace("_", " "))
    return f": {'; '.join(titles)}" if titles else ""


_SPECIAL: Mapping[str, Callable[[Line, _About], TimelineEntry]] = {
    "routed": _routed,
    "email": _email,
    "file_checked": _file,
    "message_stopped": _stopped,
    "message_not_sent": _not_sent,
    "breached": _breached,
    "escalated": _escalated,
    "lease_expired": _expired,
    "satisfaction_given": _satisfaction,
}
