"""Markup injection: the hostile texts, and a client that writes them into every field of a running stack."""

import secrets
import smtplib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from services.triage.rules.document.seed import seed_document
from tests.journeys.walking import bearer, ticket
from tests.polling import eventually
from tests.samples import files

# Ends any attribute, element or script around it, then runs code in two ways. At most 100 characters.
HOSTILE = "'\"></textarea></title></script><script>alert(1)</script><img src=x onerror=alert(1)>"
# Variants that are allowed in a link and in a file name.
HOSTILE_LINK = "https://example.com/'onmouseover='alert(1)'?x=javascript:alert(1)"
HOSTILE_FILE = "<img src=x onerror=alert(1)>.png"


class Stranger:
    """A requester whose every text is hostile, from submission to resolution."""

    def __init__(self, stack: dict[str, Any]) -> None:
        self.stack = stack
        self.email = f"'onload=alert`1`{secrets.token_hex(4)}@example.org"
        self.references: list[str] = []
        self.pages: list[str] = []

    def post(self, service: str, path: str, body: Any, **given: Any) -> Any:
        answer = requests.post(
            f"{self.stack[f'{service}_url']}{path}", json=body, headers=bearer(self.stack), timeout=20, **given
        )
        assert answer.status_code in (200, 201, 202), f"{path}: {answer.text}"
        return answer.json()

    def get(self, service: str, path: str) -> Any:
        return requests.get(f"{self.stack[f'{service}_url']}{path}", headers=bearer(self.stack), timeout=20).json()

    def send(self, category: str, **details: str) -> None:
        """Submit a ticket with a file, and a follow-up."""
        fields = {
            "category": category,
            "email": self.email,
            "locale": "sv",
            **{f"details.{k}": v for k, v in details.items()},
        }
        words = dict.fromkeys(("subject", "message", "name", "username"), HOSTILE)
        sent = {"attachment": (HOSTILE_FILE, files.png())}
        answer = requests.post(f"{self.stack['intake_url']}/v1/tickets", data=fields | words, files=sent, timeout=20)
        assert answer.status_code == 201, answer.text
        receipt = answer.json()
        key = parse_qs(urlsplit(receipt["status_url"]).query)["key"][0]
        more = requests.post(
            f"{self.stack['intake_url']}/v1/tickets/{receipt['reference']}/follow-ups",
            data={"message": HOSTILE},
            files=sent,
            headers={"Authorization": f"Bearer {key}"},
            timeout=20,
        )
        assert more.status_code == 201, more.text
        self.references.append(receipt["reference"])
        self.pages.append(receipt["status_url"])
        ticket(self.stack, receipt["reference"])

    def write(self) -> None:
        """Answer the acknowledgement by an HTML e-mail with a hostile sender name and hostile files, of allowed and other types."""
        ours = eventually(lambda: self.mails("acknowledgement"))[0]
        reply = EmailMessage()
        reply["From"], reply["To"] = (
            f'"<script>alert(1)</script>" <{secrets.token_hex(4)}@example.org>',
            self.reply_address(ours),
        )
        reply["Subject"], reply["Message-ID"] = HOSTILE, f"<{secrets.token_hex(8)}@example.org>"
        reply.set_content(
            f"<p>{HOSTILE}</p><a href='javascript:alert(1)'>x</a>{HOSTILE.replace('<', '&lt;')}", subtype="html"
        )
        reply.add_attachment(files.png(), maintype="image", subtype="png", filename=HOSTILE_FILE)
        reply.add_attachment(
            b"MZ", maintype="application", subtype="octet-stream", filename="<script>alert(1)</script>.exe"
        )
        with smtplib.SMTP(self.stack["inbound"]["host"], self.stack["inbound"]["port"], timeout=10) as server:
            server.send_message(reply)
        eventually(lambda: any(self._by_mail(reference) for reference in self.references))

    def _by_mail(self, reference: str) -> bool:
        return any(line["facts"].get("source") == "email" for line in ticket(self.stack, reference)["timeline"])

    def mails(self, kind: str = "") -> list[dict[str, Any]]:
        """The e-mails to this requester, with their texts."""
        where = f"{self.stack['notify_url']}/v1/emails"
        query = {"to": self.email, **({"kind": kind} if kind else {})}
        items = requests.get(where, params=query, headers=bearer(self.stack), timeout=20).json()["items"]
        return [requests.get(f"{where}/{one['id']}", headers=bearer(self.stack), timeout=20).json() for one in items]

    def reply_address(self, mail: dict[str, Any]) -> str:
        return str(mail["headers"]["Reply-To"])

    def be_answered(self) -> None:
        """Write hostile texts as agent and admin too: an account may have been stolen."""
        [reference, second, *_] = self.references
        claim = self.post("triage", f"/v1/tickets/{reference}/takeover", {"lease_seconds": 600})
        held = {"claim": claim["claim"], "version": claim["version"]}
        self.post("triage", f"/v1/tickets/{reference}/notes", {**held, "message": HOSTILE})
        self.post("triage", f"/v1/tickets/{reference}/replies", {**held, "message": HOSTILE, "then": "keep"})
        tagged = requests.patch(
            f"{self.stack['triage_url']}/v1/tickets/{reference}", json={**held, "tags": ["<script>alert(1)</script>"]},
            headers=bearer(self.stack), timeout=20,
        )  # fmt: skip
        assert tagged.status_code == 200, tagged.text
        self.post("triage", f"/v1/tickets/{reference}/transfer", {**held, "team": "billing", "reason": HOSTILE})
        self.post("triage", f"/v1/tickets/{second}/resolution", {"outcome": "solved", "message": HOSTILE})
        self.post("triage", f"/v1/tickets/{second}/reopening", {"reason": HOSTILE})
        item = {"email": self.email, "item": HOSTILE}
        self.post("triage", "/v1/application-statuses", {**item, "status": "received"})
        self.post("triage", "/v1/disapprovals", {**item, "reasons": ["excessive_hashtags"]})
        self.post("notify", "/v1/suppressions", {"email": f"{secrets.token_hex(4)}@example.org", "reason": HOSTILE})
        rule = {
            "id": "hostile",
            "when": {"field": "message", "contains_any": [HOSTILE]},
            "then": {"tags": ["<b>x</b>"]},
        }
        document = seed_document()
        document = {**document, "rules": [rule, *document["rules"]]}  # type: ignore[misc]
        self.post("triage", "/v1/rulesets", {"document": document, "comment": HOSTILE})


@contextmanager
def hostile_receiver() -> Iterator[str]:
    """A webhook receiver that answers with markup instead of HTTP; yields its address."""
    listening = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                connection.sendall(b"<script>alert(1)</script><img src=x onerror=alert(1)>\r\n\r\n")

    threading.Thread(target=answer, daemon=True).start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/'onmouseover='alert(1)'"
    listening.close()
