"""Sample facts that several kinds share, and the sample facts of a kind as its templates get them. Pure."""

from collections.abc import Iterator

from services.notify.compose.kinds.email_kind import SAMPLE_REFERENCE, EmailKind, Facts
from services.notify.compose.strings import language_of
from shared.catalog import Catalog, Category

# Of a participant's copy: the link belongs to the requester alone.
COPY: Facts = {"audience": "participant", "status_url": None}
_MESSAGES = {
    "en": "Thank you for your patience.\n\nWe have looked at it <twice> & found this:\nall is fine.",
    "sv": "Tack för ditt tålamod.\n\nVi har tittat på det <två gånger> & kommit fram till detta:\nallt är bra.",
}
_QUESTIONS = {
    "en": ("My Pin is gone", "Hello,\n\nwhy was my Pin removed <again>?\nI have the rights to it."),
    "sv": ("Min Pin är borta", "Hej!\n\nVarför togs min Pin bort <igen>?\nJag har rättigheterna till den."),
}


def sample(kind: EmailKind, catalog: Catalog, locale: str, intake_url: str) -> Facts:
    """The most telling case of the kind, as a preview shows it."""
    return next(samples(kind, catalog, locale, intake_url))


def samples(kind: EmailKind, catalog: Catalog, locale: str, intake_url: str) -> Iterator[Facts]:
    """Every case of the kind, with what all e-mails are given."""
    given: Facts = {"network": catalog.network, "help_url": f"{intake_url}/help"}
    if kind.about_ticket:
        given |= {"reference": SAMPLE_REFERENCE, "status_url": f"{intake_url}/t/{SAMPLE_REFERENCE}?key=example"}
    for case in kind.samples(catalog, locale):
        yield given | case


def sample_message(locale: str) -> str:
    """What an agent might write, in the reader's language."""
    return _MESSAGES.get(language_of(locale), _MESSAGES["en"])


def sample_person(locale: str) -> Facts:
    """The facts of an e-mail that a person wrote, with the requester's subject and newest message."""
    subject, question = _QUESTIONS.get(language_of(locale), _QUESTIONS["en"])
    return {"person": True, "writer": "Anna", "own_subject": subject, "quoted": question}


def category_asking(catalog: Catalog, requirement: str | None) -> tuple[Category, list[str]]:
    """A category with evidence of this requirement, and the ids of that evidence; None: any category, and no evidence."""
    for category in catalog.listed():
        ids = [slot.id for slot in category.evidence if slot.requirement == requirement]
        if ids:
            return category, ids
    return catalog.listed()[0], []
