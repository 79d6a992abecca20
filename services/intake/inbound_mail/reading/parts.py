"""The parts of a mail: which are its text, which are files. Pure."""

import mimetypes
import re
from dataclasses import dataclass, field
from email.message import Message

from services.intake.inbound_mail.mail import MailFile
from services.intake.inbound_mail.reading.headers import header, unfolded_name
from services.intake.inbound_mail.reading.html_text import html_text
from shared.mail.charsets import decode
from shared.mail.headers import raw_header

_META_CHARSET = re.compile(rb"<meta[^>]{1,200}charset\s*=\s*[\"']?\s*([a-zA-Z0-9_:.-]{2,40})", re.IGNORECASE)
_PARTSTAT = re.compile(r"PARTSTAT=([A-Z-]{3,20})")
_SUMMARY = re.compile(r"^SUMMARY[^:\n]{0,100}:(.{0,300})", re.MULTILINE)
ATTACHED_MAIL = "---------- Attached mail ----------"
_OPAQUE = {
    "application/pkcs7-mime": "[This mail is encrypted or sealed (S/MIME) and cannot be read here.]",
    "application/x-pkcs7-mime": "[This mail is encrypted or sealed (S/MIME) and cannot be read here.]",
    "application/pgp-encrypted": "[This mail is encrypted (OpenPGP) and cannot be read here.]",
}
# No person's program nests this deep, nor writes this many parts.
DEEPEST = 30
MOST_PARTS = 1_000


class TooManyParts(Exception):
    """It is nested too deep, or falls into too many parts, to be read."""


@dataclass
class Parts:
    """What was found, in the order of the mail; pictures within the text (logos, often) stand behind what was attached.

    `named_texts`: texts that have a file name; they are the body where there is no other.
    """

    texts: list[str] = field(default_factory=list)
    attached: list[MailFile] = field(default_factory=list)
    inline: list[MailFile] = field(default_factory=list)
    named_texts: list[tuple[str, MailFile]] = field(default_factory=list)
    seen: int = 0

    def ordered_files(self) -> tuple[MailFile, ...]:
        """All files, those that were attached first."""
        return (*self.attached, *self.inline)

    def whole_text(self) -> str:
        """The text of all parts; of those with a name only where nothing else is written, and then they are no files."""
        if not any(text.strip() for text in self.texts) and self.named_texts:
            used = [file for _, file in self.named_texts]
            self.attached = [file for file in self.attached if not any(file is one for one in used)]
            return "\n\n".join(text for text, _ in self.named_texts if text.strip())
        return "\n\n".join(text for text in self.texts if text.strip())


def collect(part: Message, into: Parts, depth: int = 0) -> None:
    """Sort a part and all below it. Raises TooManyParts."""
    into.seen += 1
    if depth > DEEPEST or into.seen > MOST_PARTS:
        raise TooManyParts
    kind = part.get_content_type()
    if _is_text(part):
        into.texts.append(_text(part))
    elif kind == "message/rfc822":
        _add_mail(part, into, depth)
    elif kind in _OPAQUE:
        into.texts.append(_OPAQUE[kind])
        _add_file(part, into)
    elif kind == "text/calendar" and part.get_param("method"):
        into.texts.append(_calendar(part))
        _add_file(part, into)
    elif kind == "multipart/alternative":
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
    body, label = _body(part), part.get_content_charset()
    if part.get_content_type() != "text/html":
        return decode(body, label)
    declared = label or _meta_charset(body)
    return html_text(decode(body, declared))


def _meta_charset(body: bytes) -> str | None:
    """The character set that an HTML part names itself (WHATWG HTML, 13.2.3.2), in its first kilobytes."""
    found = _META_CHARSET.search(body[:4_096])
    return found[1].decode("ascii") if found else None


def _add_mail(part: Message, into: Parts, depth: int) -> None:
    """A mail within the mail: its text under its head, its files among ours; one without text is named by its subject."""
    inner = next(iter(_children(part)), None)
    found = Parts(seen=into.seen)
    if inner is not None:
        collect(inner, found, depth + 1)
    into.seen = found.seen
    subject = header(inner, "Subject", 200) if inner is not None else None
    text = found.whole_text()
    if not text.strip():
        into.attached.append(MailFile(f"{subject or 'mail'}.eml", _body(part)))
    else:
        head = [(name, header(inner, name, 300)) for name in ("From", "Date", "Subject")] if inner is not None else []
        lines = [ATTACHED_MAIL, *(f"{name}: {value}" for name, value in head if value), "", text]
        into.texts.append("\n".join(lines))
    into.attached.extend(found.attached)
    into.inline.extend(found.inline)


def _calendar(part: Message) -> str:
    """What an invitation or its answer says, in a line: method, answer and summary (RFC 5545, RFC 5546)."""
    text = decode(_body(part), part.get_content_charset() or "utf-8").replace("\r\n", "\n").replace("\n ", "")
    answer, summary = _PARTSTAT.search(text), _SUMMARY.search(text)
    words = [str(part.get_param("method")).upper(), answer[1] if answer else "", summary[1].strip() if summary else ""]
    return f"[calendar: {' '.join(word for word in words if word)}]"


def _body(part: Message) -> bytes:
    body = part.get_payload(decode=True)
    if isinstance(body, bytes):
        return body
    # A mail within the mail: kept whole, so that its name is shown.
    return b"\n".join(child.as_bytes() for child in _children(part))


def _add_file(part: Message, into: Parts) -> None:
    body, name = _body(part), _name(part)
    if part.get_content_type() in ("text/plain", "text/html") and part.get_content_disposition() != "attachment":
        file = MailFile(name, body)
        into.named_texts.append((_text(part), file))
        into.attached.append(file)
        return
    attached = part.get_content_disposition() == "attachment" or part.get_content_maintype() != "image"
    if not body and not name and not attached:
        return
    guessed = mimetypes.guess_extension(part.get_content_type()) or ""
    file = MailFile(name or f"file-{len(into.attached) + len(into.inline) + 1}{guessed}", body)
    (into.attached if attached else into.inline).append(file)


def _name(part: Message) -> str:
    """The file's name; raw bytes in it are read as text would be."""
    plain = Message()
    for header_name in ("Content-Disposition", "Content-Type"):
        value = raw_header(part, header_name)
        if value:
            plain[header_name] = value.replace("\r", "").replace("\n", "")
    try:
        return unfolded_name(plain.get_filename() or "")
    except (TypeError, ValueError, LookupError, AssertionError):
        return ""
