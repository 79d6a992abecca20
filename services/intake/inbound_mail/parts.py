"""The parts of a mail: which are its text, which are files. Pure."""

import mimetypes
from dataclasses import dataclass, field
from email.message import Message

from services.intake.inbound_mail.headers import unfolded_name
from services.intake.inbound_mail.html_text import html_text
from services.intake.inbound_mail.mail import MailFile
from services.intake.inbound_mail.text import decoded

# No person's program nests this deep, nor writes this many parts.
DEEPEST = 30
MOST_PARTS = 1_000


class TooManyParts(Exception):
    """It is nested too deeply, or has too many parts, to be read."""


@dataclass
class Parts:
    """What was found, in the order of the mail; pictures within the text (logos, often) stand behind what was attached."""

    texts: list[str] = field(default_factory=list)
    attached: list[MailFile] = field(default_factory=list)
    inline: list[MailFile] = field(default_factory=list)
    seen: int = 0

    def ordered_files(self) -> tuple[MailFile, ...]:
        """All files, those that were attached first."""
        return (*self.attached, *self.inline)


def collect(part: Message, into: Parts, depth: int = 0) -> None:
    """Sort a part and all below it. Raises TooManyParts."""
    into.seen += 1
    if depth > DEEPEST or into.seen > MOST_PARTS:
        raise TooManyParts
    if _is_text(part):
        into.texts.append(_text(part))
    elif part.get_content_type() == "multipart/alternative":
        _choose(part, into, depth)
    elif part.get_content_maintype() == "multipart" and part.is_multipart():
        for child in _children(part):
            collect(child, into, depth + 1)
    else:
        _add_file(part, into)


def _choose(part: Message, into: Parts, depth: int) -> None:
    """Of the forms of one text the plain one, unless it is empty; files stay, whichever form they hang on."""
    forms: list[tuple[str, list[str]]] = []
    for child in _children(part):
        before = len(into.texts)
        collect(child, into, depth + 1)
        forms.append((child.get_content_type(), into.texts[before:]))
        del into.texts[before:]
    filled = [form for form in forms if any(text.strip() for text in form[1])]
    plain = [texts for kind, texts in filled if kind == "text/plain"]
    into.texts.extend((plain or [texts for _, texts in filled] or [[]])[-1])


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def _is_text(part: Message) -> bool:
    plain = part.get_content_type() in ("text/plain", "text/html")
    return plain and not part.is_multipart() and part.get_content_disposition() != "attachment" and not _name(part)


def _text(part: Message) -> str:
    text = decoded(_body(part), part.get_content_charset())
    return html_text(text) if part.get_content_type() == "text/html" else text


def _body(part: Message) -> bytes:
    body = part.get_payload(decode=True)
    if isinstance(body, bytes):
        return body
    # A mail within the mail: kept whole, so that its name is shown.
    return b"\n".join(child.as_bytes() for child in _children(part))


def _add_file(part: Message, into: Parts) -> None:
    body, name = _body(part), _name(part)
    attached = part.get_content_disposition() == "attachment" or part.get_content_maintype() != "image"
    if not body and not name and not attached:
        return
    kind = part.get_content_type()
    guessed = ".eml" if kind == "message/rfc822" else mimetypes.guess_extension(kind) or ""
    file = MailFile(name or f"file-{len(into.attached) + len(into.inline) + 1}{guessed}", body)
    (into.attached if attached else into.inline).append(file)


def _name(part: Message) -> str:
    return unfolded_name(part.get_filename() or "")
