"""The timeline in words: one sentence for each thing that happened to a ticket."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

Facts = Mapping[str, Any]
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
_TROUBLE = ("failed", "bounced", "suppressed", "deferred")


@dataclass(frozen=True)
class Happening:
    """A line of the timeline. `kind` is `theirs` for the requester, `ours` for an agent, `system` otherwise, `trouble` for
    what somebody should look at, `note` for what only agents see. `quoted`: what a mail repeats of earlier ones; `email`: the id of
    the e-mail that the line tells of."""

    at: datetime
    kind: str
    who: str
    words: str
    message: str | None
    quoted: str | None = None
    email: str | None = None


def happenings(
    ticket: Mapping[str, Any], team_title: Callable[[str], str], email_titles: Mapping[str, str]
) -> Sequence[Happening]:
    """All of them, oldest first; it starts with the note itself."""
    person = ticket["requester"]["name"] or ticket["requester"]["email"]
    first = Happening(ticket["created_at"], "theirs", person, "sent the note", None)
    names = {str(file["id"]): str(file["name"]) for file in ticket.get("attachments", ())}
    about = _About(person, names, team_title, email_titles)
    return [first, *(_told(line, about) for line in ticket["timeline"])]


class _About(NamedTuple):
    """What the words of a line take from the ticket: who wrote, what its files are called (by id), how teams and
    kinds of e-mail are called."""

    person: str
    names: Mapping[str, str]
    team_title: Callable[[str], str]
    email_titles: Mapping[str, str]


def _told(line: Line, about: _About) -> Happening:
    kind, facts = line["kind"], line["facts"]
    if kind in _SPECIAL:
        return _SPECIAL[kind](line, about)
    if kind in _BY_REQUESTER:
        words = _BY_REQUESTER[kind] + _with(facts, about.names) + _about_mail(facts)
        who = str(facts.get("from") or about.person)
        return Happening(line["at"], "theirs", who, words, line["message"], facts.get("quoted"))
    if kind in _BY_SYSTEM:
        return Happening(line["at"], "system", "", _BY_SYSTEM[kind], line["message"])
    mood = "note" if kind == "noted" else "ours" if line["by"] else "system"
    words = _BY_AGENT.get(kind, kind.replace("_", " "))
    return Happening(line["at"], mood, line["by"] or "", words + _named(facts), line["message"])


def _email(line: Line, about: _About) -> Happening:
    facts: Facts = line["facts"]
    state = facts.get("state", "")
    kind = str(facts.get("kind", ""))
    name = about.email_titles.get(kind) or kind.replace("_", " ").capitalize() or "E-mail"
    words = f"{name} {EMAIL_STATES.get(state, state)}" + (f" ({facts['because']})" if facts.get("because") else "")
    mood = "trouble" if state in _TROUBLE else "system"
    return Happening(line["at"], mood, "", words, None, email=facts.get("email"))


def _file(line: Line, about: _About) -> Happening:
    facts: Facts = line["facts"]
    name = about.names.get(str(facts.get("attachment")), "A file")
    because = f": {facts['because']}" if facts.get("because") else ""
    if facts.get("state") == "quarantined":
        return Happening(line["at"], "trouble", "", f"{name} was put into quarantine{because}", None)
    return Happening(line["at"], "system", "", f"{name} was looked at{because}", None)


def _breached(line: Line, _: _About) -> Happening:
    facts: Facts = line["facts"]
    raised = facts.get("to") if facts.get("to") != facts.get("from") else None
    words = "The answer is overdue" + (f"; the priority is now {raised}" if raised else "")
    return Happening(line["at"], "trouble", "", words, None)


def _escalated(line: Line, _: _About) -> Happening:
    if line["facts"].get("leads"):
        return Happening(line["at"], "system", "", "The team's leads were told", None)
    return Happening(line["at"], "trouble", "", "The team has no lead who could be told", None)


def _expired(line: Line, _: _About) -> Happening:
    whose = f"{line['by']}’s time" if line["by"] else "The time of the claim"
    return Happening(line["at"], "system", "", f"{whose} ran out; the ticket went back to the queue", None)


def _by_agent(words: Callable[[Line, _About], str]) -> Callable[[Line, _About], Happening]:
    return lambda line, about: Happening(line["at"], "ours", line["by"] or "", words(line, about), line["message"])


_BY_REQUESTER = {
    "followed_up": "sent more",
    "withdrawn": "took the note back",
    "address_changed": "gave another e-mail address",
}
_BY_SYSTEM = {
    "evidence_complete": "The evidence is complete; the ticket is in the queue",
    "evidence_overdue": "The evidence did not come in time; the ticket is in the queue without it",
    "answered_by_requester": "Back in the queue",
    "resolved_in_silence": "Resolved: the requester wrote no more",
    "reminded": "A reminder of the missing evidence went out",
    "breach_near": "The answer will soon be overdue",
}
_BY_AGENT = {
    "claimed": "claimed it",
    "given_back": "gave it back",
    "replied": "answered",
    "noted": "noted",
    "information_requested": "asked for evidence",
    "disapproved": "disapproved",
    "resolved": "resolved it",
    "reopened": "reopened it",
}


def _routed(facts: Facts, team_title: Callable[[str], str]) -> str:
    where = team_title(str(facts.get("team", "")))
    how = "by its path" if not facts.get("placed_by") else f"by the rule {facts['placed_by']}"
    origin = (f"; it goes on from {facts['follows']}" if facts.get("follows") else "") + _about_mail(facts)
    if facts.get("state") == "held":
        return f"Placed with {where} {how}; it waits for evidence{origin}"
    return f"Placed with {where} {how}{origin}"


def _with(facts: Facts, names: Mapping[str, str]) -> str:
    """The files and the evidence that came along."""
    came = [names[file] for file in map(str, facts.get("attachments") or ()) if file in names]
    filled = [str(slot).replace("_", " ") for slot in facts.get("filled") or ()]
    return (f": {', '.join(came)}" if came else "") + (f" (evidence: {', '.join(filled)})" if filled else "")


def _about_mail(facts: Facts) -> str:
    """What is to be known of something that came by mail."""
    if facts.get("source") != "email":
        return ""
    how = " by automatic e-mail" if facts.get("automatic") else " by e-mail"
    who = f", from another address ({facts['from']})" if facts.get("from") else ""
    lost = "; ".join(f"{file['name']} ({file['because']})" for file in facts.get("not_taken") or [])
    return how + who + (f". Not taken: {lost}" if lost else "")


def _transferred(facts: Facts, team_title: Callable[[str], str]) -> str:
    cause = {"wrong_team": "the wrong team", "also_theirs": "also theirs", "workload": "workload"}.get(
        str(facts.get("cause", "")), ""
    )
    return f"transferred it to {team_title(str(facts.get('to', '')))}" + (f" ({cause})" if cause else "")


def _changed(facts: Facts) -> str:
    said = []
    if "priority" in facts:
        said.append("changed the priority from {} to {}".format(*facts["priority"]))
    if "tags" in facts:
        before, after = facts["tags"]
        said.append(f"changed the tags to {', '.join(after)}" if after else f"took off the tags {', '.join(before)}")
    return " and ".join(said)


def _named(facts: Facts) -> str:
    """Reasons, evidence or an outcome, where the line has them."""
    for name in ("reasons", "evidence", "outcome"):
        value = facts.get(name)
        if value:
            said = ", ".join(value) if isinstance(value, list) else str(value)
            return f": {said.replace('_', ' ')}"
    return ""


_SPECIAL: Mapping[str, Callable[[Line, _About], Happening]] = {
    "routed": lambda line, about: Happening(line["at"], "system", "", _routed(line["facts"], about.team_title), None),
    "email": _email,
    "file_checked": _file,
    "breached": _breached,
    "escalated": _escalated,
    "lease_expired": _expired,
    "changed": _by_agent(lambda line, _: _changed(line["facts"])),
    "transferred": _by_agent(lambda line, about: _transferred(line["facts"], about.team_title)),
    "taken_over": _by_agent(lambda line, _: f"took it over from {line['facts'].get('from')}"),
}
