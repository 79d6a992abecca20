"""The form's messages for the API's terse errors: which question, and what to do."""

from collections.abc import Mapping, Sequence

from babel.lists import format_list
from babel.numbers import format_decimal
from markupsafe import Markup

from services.intake.addresses.request_address_change import NOT_WITH_THIS_KEY, THE_PRESENT_ONE
from services.intake.attachments.staged import GONE
from services.intake.satisfaction.answer import LONGEST_COMMENT, NOT_A_VALUE
from services.intake.satisfaction.give_satisfaction import TOO_LATE
from services.intake.submissions.spam_check import ONCE_MORE
from services.intake.tickets.add_follow_up import WITHDRAWN
from services.intake.tickets.change_email import REACHED, THE_SAME
from services.intake.tickets.receive_follow_up import NOTHING
from services.intake.web.i18n import Language
from services.intake.web.submission.rejection import AWAY, LATER, THEIR_OWN, TOMORROW
from shared import submission_values as api
from shared.attachment_types import USUAL_EXTENSIONS
from shared.attachments import errors as files
from shared.i18n.marker import gettext_noop
from shared.submission_fields import FIELD

# The form's messages, by question and error of the API.
_INSTEAD = {
    ("email", api.REQUIRED): gettext_noop("Enter your e-mail address, so that we can answer you."),
    ("email", api.NO_EMAIL): gettext_noop("Enter an e-mail address such as name@example.com."),
    ("email", api.TOO_LONG): gettext_noop("This e-mail address is too long."),
    ("message", api.REQUIRED): gettext_noop("Tell us what happened."),
    ("message", NOTHING): gettext_noop("Write a message, choose a file, or add what is missing."),
    ("message", api.TOO_LONG): gettext_noop("Keep your message to at most %(longest)s characters."),
    ("answer", api.REQUIRED): gettext_noop("Choose good or bad."),
    ("answer", NOT_A_VALUE): gettext_noop("Choose good or bad."),
    ("comment", api.TOO_LONG): gettext_noop("Keep your comment to at most %(longest)s characters."),
    ("subject", api.TOO_LONG): gettext_noop("Keep the subject to at most %(longest)s characters."),
    ("name", api.TOO_LONG): gettext_noop("Keep your name to at most %(longest)s characters."),
    ("username", api.TOO_LONG): gettext_noop("Keep the username to at most %(longest)s characters."),
    ("country", api.NO_COUNTRY): gettext_noop("Choose a country from the list."),
    ("platform", api.no_choice(FIELD["platform"])): gettext_noop("Choose one from the list."),
    ("attachment", files.TOO_LARGE): gettext_noop("This file is too large: it must be smaller than 2 MB."),
    ("attachment", files.EMPTY): gettext_noop("This file is empty. Choose another."),
    ("attachment", files.SEVERAL): gettext_noop("Only one file at a time; you can send more later."),
    ("attachment", files.WRONG_KIND): gettext_noop("This is not a %(types)s file. Choose another."),
    ("attachment", files.BROKEN): gettext_noop("This file is damaged and can’t be opened. Choose another."),
    ("attachment", files.TOO_MANY_PIXELS): gettext_noop("This picture has too many pixels: at most 40 million."),
    ("attachment", files.TOO_MANY_FRAMES): gettext_noop("This picture has too many frames: at most 2,000."),
    ("attachment", files.FULL): gettext_noop("A note can have at most ten files, and this one has ten."),
}
# Shown as they are, in the reader's language.
_AS_IT_IS = (
    api.CONTROL,
    api.NOT_ASCII,
    api.TOO_LONG,
    api.REQUIRED,
    AWAY,
    GONE,
    LATER,
    NOT_WITH_THIS_KEY,
    ONCE_MORE,
    REACHED,
    THE_PRESENT_ONE,
    THE_SAME,
    TOMORROW,
    TOO_LATE,
    WITHDRAWN,
    *THEIR_OWN,
)


def form_messages(errors: Mapping[str, Sequence[str]], language: Language) -> dict[str, list[Markup]]:
    """The errors as the form shows them. The catalogue's own sentences are in the reader's language already."""
    return {name: [_message(name, error, language) for error in found] for name, found in errors.items()}


def _message(name: str, error: str, language: Language) -> Markup:
    if (name, error) in _INSTEAD:
        return language.gettext(_INSTEAD[name, error], **_values(name, language.locale.replace("-", "_")))
    if error in _AS_IT_IS:
        return language.gettext(error)
    # The catalogue's errors may quote what a person entered.
    return Markup.escape(error)


def _values(name: str, locale: str) -> dict[str, str]:
    """What the placeholders in _INSTEAD stand for."""
    longest = FIELD[name].longest if name in FIELD else LONGEST_COMMENT
    # British English, which sets no comma before "or".
    types = format_list(USUAL_EXTENSIONS, style="or", locale="en_GB" if locale == "en" else locale)
    return {"longest": format_decimal(longest, locale=locale), "types": types}
