"""The fields of a submission, each declared once: API, form, event, ticket, console and rules are made from this list.

`details` (the category's own fields) and the file are no part of it. docs/develop/recipes.md says how to add a field.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from shared.i18n.marker import gettext_noop

Kind = Literal["category", "email", "line", "text", "choice", "country", "locale"]

LONGEST_MESSAGE = 10_000  # characters
# RFC 5321, 4.5.3.1.3 allows a path of 256 octets with its brackets.
LONGEST_EMAIL = 254
# RFC 5646, 4.4.1: the longest tag that everybody is told to allow for.
LONGEST_LOCALE = 35
# RFC 5322, 2.1.1 allows lines of 998; these fit a list row and a greeting.
LONGEST_SUBJECT = 200
LONGEST_NAME = 100


@dataclass(frozen=True)
class Question:
    """How the form asks for a field: sentences to translate, which may hold `%(network)s`.

    `autocomplete`: HTML's token. `position`: before the category's own fields, or after the file.
    """

    label: str
    hint: str = ""
    autocomplete: str = "off"
    position: Literal["before", "after"] = "after"


@dataclass(frozen=True)
class SubmissionField:
    """`name` in the API, the form, the event, and (but for personal fields at intake) as the column of its value.

    `about`: its description in OpenAPI. `longest`: characters. `personal`: what a person wrote or is; travels in the event's
    `personal`, and is erased with the person. `choices`: the only values, each with its label in the form. `title`: its name in
    the console's list about the requester; empty: it is shown elsewhere. `of_requester`: part of `requester` in triage's API.
    `in_rules`: rules may test it by its name.
    """

    name: str
    kind: Kind
    about: str
    longest: int = LONGEST_EMAIL
    required: bool = False
    personal: bool = True
    choices: Mapping[str, str] = field(default_factory=dict)
    question: Question | None = None
    title: str = ""
    of_requester: bool = False
    in_rules: bool = False


SUBMISSION_FIELDS: tuple[SubmissionField, ...] = (
    SubmissionField(
        "category",
        "category",
        "A path of `GET /v1/categories`, such as `account/login`.",
        required=True,
        personal=False,
        in_rules=True,
    ),
    SubmissionField(
        "email",
        "email",
        "Where the answer goes.",
        required=True,
        title="E-mail",
        of_requester=True,
        question=Question(
            gettext_noop("Your e-mail address"), gettext_noop("Our answer goes here."), "email", "before"
        ),
    ),
    SubmissionField(
        "name",
        "line",
        "How to address the person.",
        LONGEST_NAME,
        title="Name",
        of_requester=True,
        question=Question(gettext_noop("Your name"), autocomplete="name", position="before"),
    ),
    SubmissionField(
        "subject",
        "line",
        "In a few words.",
        LONGEST_SUBJECT,
        in_rules=True,
        question=Question(gettext_noop("Subject"), gettext_noop("In a few words."), position="before"),
    ),
    SubmissionField(
        "message",
        "text",
        "What happened.",
        LONGEST_MESSAGE,
        required=True,
        in_rules=True,
        question=Question(
            gettext_noop("What happened?"),
            gettext_noop("What did you do, and what did you see? The more exact, the sooner we can help."),
            position="before",
        ),
    ),
    SubmissionField(
        "username",
        "line",
        "The person's username in the network.",
        LONGEST_NAME,
        title="Username",
        of_requester=True,
        question=Question(gettext_noop("Your username"), autocomplete="username"),
    ),
    SubmissionField(
        "locale",
        "locale",
        "The person's language, such as `sv` or `en-GB`; default `en`.",
        LONGEST_LOCALE,
        personal=False,
        title="Language",
        in_rules=True,
    ),
    SubmissionField(
        "platform",
        "choice",
        "How they reach the network.",
        personal=False,
        choices={
            "web": gettext_noop("In a browser"),
            "ios": gettext_noop("iPhone or iPad"),
            "android": gettext_noop("Android"),
            "other": gettext_noop("Another way"),
        },
        title="Platform",
        in_rules=True,
        question=Question(gettext_noop("How do you use %(network)s?")),
    ),
    SubmissionField(
        "country",
        "country",
        "ISO 3166-1 alpha-2, such as `SE`.",
        personal=False,
        title="Country",
        in_rules=True,
        question=Question(gettext_noop("Your country"), autocomplete="country"),
    ),
)

FIELD: Mapping[str, SubmissionField] = {one.name: one for one in SUBMISSION_FIELDS}
NAMES = tuple(FIELD)
PERSONAL = tuple(one.name for one in SUBMISSION_FIELDS if one.personal)
CODES = tuple(one.name for one in SUBMISSION_FIELDS if not one.personal)
OF_REQUESTER = tuple(one.name for one in SUBMISSION_FIELDS if one.of_requester)
IN_RULES = tuple(one.name for one in SUBMISSION_FIELDS if one.in_rules)
PLATFORMS = tuple(FIELD["platform"].choices)


def values_of_event(payload: Mapping[str, Any], personal: Mapping[str, Any]) -> dict[str, Any]:
    """The value of every field in a TicketSubmitted event, None where it has none."""
    return {one.name: (personal if one.personal else payload).get(one.name) for one in SUBMISSION_FIELDS}
