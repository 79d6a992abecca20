"""The messages of a ticket's page, in the reader's language. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from services.intake.conversation.entries import Entry
from services.intake.web.i18n import Language
from shared.catalog.model import Catalog, Category
from shared.catalog.text import Text
from shared.mail.addresses import masked


class Point(NamedTuple):
    """A reason of a disapproval, or something that is asked for; `fix`: what to do."""

    title: Text | str
    meaning: Text | None = None
    fix: Text | None = None


@dataclass(frozen=True)
class Message:
    """One message. `points` are introduced by the sentence `before`, the e-mail's own."""

    entry: Entry
    who: Markup
    is_ours: bool
    before: Markup | None = None
    points: tuple[Point, ...] = ()


def thread_of(
    entries: Sequence[Entry], catalog: Catalog, category: Category, network: str, language: Language
) -> tuple[Message, ...]:
    """The messages in the order given, with the sentences of the e-mail that each was."""
    return tuple(_message(entry, catalog, category, network, language) for entry in entries)


def _message(entry: Entry, catalog: Catalog, category: Category, network: str, language: Language) -> Message:
    if entry.author.role == "requester":
        return Message(entry, _writer(entry, language), is_ours=False)
    name = entry.author.name
    who = Markup("{}, {}").format(name, network) if name else Markup.escape(network)
    before, points = _besides(entry, catalog, category, language)
    return Message(entry, who, is_ours=True, before=before, points=points)


def _writer(entry: Entry, language: Language) -> Markup:
    """The requester; of another address's mail, the masked address."""
    if entry.author.is_stranger:
        return Markup.escape(masked(entry.author.email or ""))
    return language.gettext("You")


def _besides(
    entry: Entry, catalog: Catalog, category: Category, language: Language
) -> tuple[Markup | None, tuple[Point, ...]]:
    gettext, codes = language.gettext, entry.codes
    if entry.kind == "information_request":
        labels = {slot.id: slot.label for slot in category.evidence}
        return gettext("Please send us:"), tuple(Point(labels.get(one, one)) for one in codes.get("evidence", ()))
    if entry.kind == "disapproval":
        reasons = (catalog.reasons[code] for code in codes.get("reasons", ()) if code in catalog.reasons)
        points = tuple(Point(reason.title, reason.meaning, reason.mend) for reason in reasons)
        return gettext("We have looked at it, and this is why we could not approve it:"), points
    sentences = {
        "solved": gettext("We believe that we have solved it."),
        "not_solved": gettext("We could not solve it."),
        "duplicate": gettext("We answer it together with another note of yours about the same thing."),
    }
    return sentences.get(str(codes.get("outcome"))), ()
