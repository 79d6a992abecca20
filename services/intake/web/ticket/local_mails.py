"""The mails about one ticket in a local stack's Maildir, so that a newcomer sees what was sent."""

import mailbox
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

# A newcomer's mail is among the latest; an old stack may hold very many.
_LATEST = 200


@dataclass(frozen=True)
class LocalMail:
    """One mail as text."""

    sender: str
    to: str
    subject: str
    text: str


def mails_about(maildir: Path, reference: str) -> tuple[LocalMail, ...]:
    """The latest mails that name `reference`, newest first."""
    found = (_read(path) for path in _latest(maildir) if reference.encode() in path.read_bytes())
    return tuple(mail for mail in found if reference in mail.subject + mail.text)


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
    return LocalMail(str(message["From"] or ""), str(message["To"] or ""), str(message["Subject"] or ""), text.strip())
