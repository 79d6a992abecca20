"""Reads a mail, however malformed. Pure."""

from email import message_from_bytes, policy
from email.message import Message

from services.intake.inbound_mail.mail import Mail, Unreadable
from services.intake.inbound_mail.reading.headers import copied_to, header, language_of, requester_of
from services.intake.inbound_mail.reading.parts import Parts, collect
from services.intake.inbound_mail.reading.quotes import fold_quotes
from services.intake.inbound_mail.reading.secret_links import without_keys
from services.intake.inbound_mail.reading.text import tidy
from shared.mail.automatic import automatic_because, unsure_because
from shared.submission_fields import LONGEST_MESSAGE

# Characters. Longer texts are cut; the whole mail is kept besides.
LONGEST_QUOTE = 20_000
# Text beyond this is not searched for quotes, which would cost time.
_LONGEST_TEXT = 300_000
CUT = "\n[… the rest is in the mail itself]"

# Without its boundary a multipart is one heap of text and base64 (email.errors).
_FATAL = ("NoBoundaryInMultipartDefect", "StartBoundaryNotFoundDefect")


def read_mail(content: bytes, *, ticket_named: bool = False, smtputf8: bool = False) -> Mail | Unreadable:
    """The content of a mail. Never raises: what the parsers fail on is Unreadable.

    `ticket_named`: it came to a ticket's address; `smtputf8`: its addresses may be beyond ASCII before the @.
    """
    try:
        # The old policy: the newer one's header parser raises on malformed fields and is slow on long ones (cpython#86533).
        message = message_from_bytes(content, policy=policy.compat32)
        defect = _defect(message)
        return Unreadable(defect) if defect else _read(message, ticket_named, smtputf8)
    except Exception as error:  # parsers of hostile input raise about anything, RecursionError among it
        return Unreadable(f"{type(error).__name__} while reading it")


def _read(message: Message, ticket_named: bool, smtputf8: bool) -> Mail:
    found = Parts()
    collect(message, found)
    whole = without_keys(found.whole_text()[:_LONGEST_TEXT])
    new, quoted = fold_quotes(tidy(whole))
    files = found.ordered_files()
    if not new and not files:
        new, quoted = quoted, ""
    sender, name = requester_of(message, smtputf8=smtputf8)
    automatic = automatic_because(message, sender, ticket_named=ticket_named)
    return Mail(
        sender=sender,
        sender_name=name,
        subject=without_keys(header(message, "Subject", 200) or "") or None,
        message_id=header(message, "Message-ID", 500),
        automatic=automatic,
        unsure=None if automatic else unsure_because(message),
        language=language_of(message),
        message=_cut(new, LONGEST_MESSAGE),
        quoted=_cut(quoted, LONGEST_QUOTE),
        files=files,
        cc=copied_to(message, smtputf8=smtputf8),
    )


def _defect(message: Message) -> str | None:
    """Why no person could read it as it is; None when it is readable."""
    if not message.keys():
        return "it has no header"
    # Of the outer structure only: a broken part within is a file, and the rest can be read.
    broken = [type(defect).__name__ for defect in message.defects]
    fatal = [name for name in broken if name in _FATAL]
    return f"malformed MIME: {fatal[0]}" if fatal and not message.is_multipart() else None


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - len(CUT)] + CUT
