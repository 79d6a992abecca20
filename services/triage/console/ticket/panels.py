"""What an agent can do with a ticket on its page: which panels there are, and what each offers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.auth.principal import Principal
from shared.catalog.model import Catalog


@dataclass(frozen=True)
class Panel:
    """One deed: its name in addresses, its title, the key that opens it."""

    name: str
    title: str
    key: str


@dataclass(frozen=True)
class Choice:
    """Something to tick; `told` is what the requester will read, in their language."""

    value: str
    title: str
    told: str
    lang: str
    group: str
    ticked: bool = False


_HOLDERS = (
    Panel("reply", "Reply", "r"),
    Panel("evidence", "Ask for evidence", "e"),
    Panel("disapprove", "Disapprove", "d"),
    Panel("transfer", "Transfer", "t"),
    Panel("resolve", "Resolve", "s"),
)
_NOTE = Panel("note", "Note", "i")
_CHANGE = Panel("change", "Priority and tags", "p")
_REOPEN = Panel("reopen", "Reopen", "o")

GROUPS = {"ads": "Ads", "buyable_pins": "Buyable Pins", "content": "Content"}


def panels_of(
    ticket: Mapping[str, Any], mine: bool, held_by_another: bool, who: Principal, catalog: Catalog
) -> Sequence[Panel]:
    """The deeds open to `who` on this ticket: all to its holder, notes to the team, reopening where it rests."""
    if not who.may_write(ticket["team"]) or held_by_another:
        return ()
    if mine:
        category = catalog.resolve(ticket["category"])
        no_evidence = category is None or not category.evidence
        return (*(one for one in _HOLDERS if not (one.name == "evidence" and no_evidence)), _NOTE, _CHANGE)
    if ticket["state"] in ("resolved", "waiting"):
        return (_REOPEN, _NOTE)
    return (_NOTE,)


def evidence_choices(ticket: Mapping[str, Any], catalog: Catalog) -> Sequence[Choice]:
    """The slots of the ticket's path; what is missing is ticked."""
    category = catalog.resolve(ticket["category"])
    locale = ticket["locale"] or "en"
    choices = []
    for slot in category.evidence if category else ():
        told = slot.label.in_locale(locale)
        missing = slot.id in ticket["missing_evidence"]
        choices.append(Choice(slot.id, slot.label.in_locale("en").text, told.text, told.lang, "", missing))
    return choices


def reason_choices(ticket: Mapping[str, Any], catalog: Catalog) -> Sequence[Choice]:
    """The catalogue's reasons; those of the ticket's segment first."""
    locale = ticket["locale"] or "en"
    choices = []
    for code, reason in catalog.reasons.items():
        meaning, mend = reason.meaning.in_locale(locale), reason.mend.in_locale(locale)
        title = reason.title.in_locale("en").text
        choices.append(Choice(code, title, f"{meaning.text} {mend.text}", meaning.lang, GROUPS[reason.group]))
    likely = {"ads": "Ads", "business": "Buyable Pins"}.get(ticket["category"].partition("/")[0], "Content")
    return sorted(choices, key=lambda one: (one.group != likely, list(GROUPS.values()).index(one.group)))
