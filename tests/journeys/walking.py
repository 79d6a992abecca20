"""Walking through a running stack as its users do: over HTTP, and by looking into the mailbox."""

from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import requests

from tests.polling import eventually


def bearer(stack: dict[str, Any], who: str = "admin") -> dict[str, str]:
    """The Authorization header of the admin, or of a team's agent."""
    owner = stack["admin"] if who == "admin" else stack["agents"][who]
    return {"Authorization": f"Bearer {owner['token']}"}


def ticket(stack: dict[str, Any], reference: str) -> dict[str, Any]:
    """The ticket as triage shows it, as soon as it is there."""

    def look() -> dict[str, Any] | None:
        response = requests.get(f"{stack['triage_url']}/v1/tickets/{reference}", headers=bearer(stack), timeout=10)
        found: dict[str, Any] | None = response.json() if response.status_code == 200 else None
        return found

    return eventually(look) or {}


def mails(stack: dict[str, Any], recipient: str) -> list[EmailMessage]:
    """Every mail in the sink for this recipient, in the order in which they came."""
    found = []
    for path in sorted(Path(stack["maildir"], "new").iterdir(), key=lambda path: path.stat().st_mtime_ns):
        mail = BytesParser(policy=default).parsebytes(path.read_bytes())
        if recipient in str(mail["X-RcptTo"]):
            found.append(mail)
    return found


def one_mail(stack: dict[str, Any], recipient: str) -> EmailMessage:
    """The one mail that this recipient gets, as soon as it is there."""
    found = eventually(lambda: mails(stack, recipient))
    assert len(found) == 1
    return found[0]


class Form(HTMLParser):
    """The fields of a page's form that posts, with the values they hold."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.names: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name")
        if tag not in ("input", "textarea", "select") or not name:
            return
        self.names.add(name)
        if given.get("type") == "hidden":
            self.fields[name] = given.get("value") or ""
