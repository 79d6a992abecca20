"""From the bytes of a mail to what it says. Whatever a stranger sends, this answers. Pure."""

from email import message_from_bytes, policy
from email.message import Message

from services.intake.inbound_mail.headers import header, language_of, sender_of
from services.intake.inbound_mail.mail import Mail, Unreadable
from services.intake.inbound_mail.parts import Parts, collect
from services.intake.inbound_mail.quotes import fold_quotes
from services.intake.inbound_mail.text import tidy
from shared.mail.automatic import automatic_because

# A letter of this length fills about four pages; whoever needs more of it has the whole mail.
LONGEST_MESSAGE = 10_000
LONGEST_QUOTE = 20_000
# What lies beyond this is looked at by nobody, and would cost time to look through.
_LONGEST_TEXT = 300_000
CUT = "\n[… the rest is in the mail itself]"

# Without its boundary a multipart is one heap of text and base64 (email.errors).
_FATAL = ("NoBoundaryInMultipartDefect", "StartBoundaryNotFoundDefect")


def read_mail(content: bytes) -> Mail | Unreadable:
    """What the mail says. Never raises: what the parsers stumble over is Unreadable."""
    try:
        # The old policy: the newer one's header parser raises on malformed fields and is slow on long ones (cpython#86533).
        message = message_from_bytes(content, policy=policy.compat32)
        fault = _fault(message)
        return Unreadable(fault) if fault else _read(message)
    except Exception as error:  # parsers of hostile input raise about anything, RecursionError among it
        return Unreadable(f"{type(error).__name__} while reading it")


def _read(message: Message) -> Mail:
    parts = Parts()
    collect(message, parts)
    whole = "\n\n".join(text for text in parts.texts if text.strip())
    new, quoted = fold_quotes(tidy(whole[:_LONGEST_TEXT]))
    files = parts.ordered_files()
    if not new and not files:
        new, quoted = quoted, ""
    sender, name = sender_of(message)
    return Mail(
        sender=sender,
        sender_name=name,
        subject=header(message, "Subject", 200),
        message_id=header(message, "Message-ID", 500),
        automatic=automatic_because(message, sender),
        language=language_of(message),
        message=_cut(new, LONGEST_MESSAGE),
        quoted=_cut(quoted, LONGEST_QUOTE),
        files=files,
    )


def _fault(message: Message) -> str | None:
    """Why no person could read it as it is; None when one can."""
    if not message.keys():
        return "it has no header"
    broken = [type(defect).__name__ for part in message.walk() for defect in part.defects]
    fatal = [name for name in broken if name in _FATAL]
    return f"malformed MIME: {fatal[0]}" if fatal else None


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - len(CUT)] + CUT
