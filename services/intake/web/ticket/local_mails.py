"""The mails about one ticket in a local stack's Maildir, so that a newcomer sees what was sent."""

import mailbox
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

_KEY = re.compile(r"\bkey=[a-z2-7]+")
# The link of another ticket, which an e-mail about a merge holds.
_LINK = re.compile(r"/t/(T-[0-9A-Z-]+)\?key=[a-z2-7]+")
# It shows that its holder reads the mail of another address.
_TOKEN = re.compile(r"\btoken=[a-z2-7]+")
# A newcomer's mail is among the latest; an old stack may hold very many.
_LATEST = 200


@dataclass(frozen=True)
class LocalMail:
    """One mail as text."""

    sender: str
    to: str
    subject: str
    text: str
    is_reply: bool = False


def mails_about(maildir: Path, reference: str, *, answers: bool) -> tuple[LocalMail, ...]:
    """The latest mails that name `reference`, newest first.

    Without `answers`, as for the holder of the receipt's key, only those that begin a thread, which no answer does, and without the keys in
    them. A key of another ticket is never shown, and no token: it was sent to an address that the holder of a key may not have.
    """

    def without_others(found: re.Match[str]) -> str:
        return found[0] if found[1] == reference else f"/t/{found[1]}?key=…"

    found = (_read(path) for path in _latest(maildir) if reference.encode() in path.read_bytes())
    about = (
        replace(mail, text=_LINK.sub(without_others, _TOKEN.sub("token=…", mail.text)))
        for mail in found
        if reference in mail.subject + mail.text
    )
    if answers:
        return tuple(about)
    return tuple(replace(mail, text=_KEY.sub("key=…", mail.text)) for mail in about if not mail.is_reply)


def _latest(maildir: Path) -> Iterator[Path]:
    if not maildir.is_dir():
        return
    mailbox.Maildir(str(maildir), create=True)
    paths = [path for folder in ("new", "cur") for path in (maildir / folder).iterdir()]
    yield from sorted(paths, key=lambda path: path.stat().st_mtime, reverse=True)[:_LATEST]


def _read(path: Path) -> LocalMail:
    message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(path.read_bytes())
    body = message.get_body(("plain", "html"))
    text = str(body.get_content()) if body else ""
    is_reply = "In-Reply-To" in message or "References" in message
    sender, to, subject = (str(message[name] or "") for name in ("From", "To", "Subject"))
    return LocalMail(sender, to, subject, text.strip(), is_reply)
