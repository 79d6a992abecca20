"""A running stack as its users meet it: over HTTP, SMTP, the `vidare` command, and the console's forms."""

import os
import re
import smtplib
import subprocess
import sys
from collections.abc import Mapping
from email.message import EmailMessage
from html import unescape
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import requests

from tests.polling import eventually

HTML = {"Accept": "text/html", "Accept-Language": "en"}
Json = dict[str, Any]


class System:
    """`stack` is what stack.json says; `as_` is the admin, a team's agent, or a bearer token."""

    def __init__(self, directory: Path, stack: Json) -> None:
        self.directory, self.stack = directory, stack

    def call(self, method: str, service: str, path: str, as_: str | None = None, **given: Any) -> requests.Response:
        headers = dict(given.pop("headers", {}))
        if as_:
            headers["Authorization"] = f"Bearer {self._token(as_)}"
        address = f"{self.stack[f'{service}_url']}{path}"
        answer = requests.request(method, address, headers=headers, timeout=30, allow_redirects=False, **given)
        assert answer.status_code < 400, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    def _token(self, who: str) -> str:
        person = self.stack["admin"] if who == "admin" else self.stack["agents"].get(who)
        return str(person["token"]) if person else who

    def triage(self, path: str, as_: str = "admin", **body: Any) -> Json:
        """POST to triage's API; its answer."""
        answer = self.call("POST", "triage", path, as_, json=body)
        found: Json = answer.json() if answer.content else {}
        return found

    def send(self, category: str, who: str, message: str, **given: Any) -> tuple[str, str]:
        """Send a submission from who@example.org; reference and key. `file` is a name and its bytes; `headers` and `as_` go along."""
        headers, as_, file = given.pop("headers", {}), given.pop("as_", None), given.pop("file", None)
        submission = {"category": category, "email": f"{who}@example.org", "message": message, **given}
        body: Json = {"data": submission, "files": {"attachment": file}} if file else {"json": submission}
        receipt = self.call("POST", "intake", "/v1/tickets", as_, headers=headers, **body).json()
        return receipt["reference"], receipt["status_url"].partition("key=")[2]

    def new(self, category: str, who: str, message: str, **given: Any) -> tuple[str, str]:
        """The same, and it is with its team."""
        reference, key = self.send(category, who, message, **given)
        self.until(reference, "routed", "submitted")
        return reference, key

    def until(self, reference: str, *kinds: str) -> None:
        """Wait until one of these is on the ticket's timeline."""
        eventually(
            lambda: self.rows(
                "select id from triage.timeline where ticket = %s and kind = any(%s)", reference, list(kinds)
            ),
            within=120,
        )

    def take(self, reference: str, team: str) -> Json:
        """Claim it; the members that each action of its holder then names."""
        claimed = self.triage(f"/v1/tickets/{reference}/takeover", team, lease_seconds=3600)
        return {"claim": claimed["claim"], "version": claimed["version"]}

    def act(self, reference: str, team: str, *calls: tuple[str, Json]) -> None:
        """Claim it and do these, one after the other."""
        claim = self.take(reference, team)
        for call, body in calls:
            self.triage(f"/v1/tickets/{reference}/{call}", team, **claim, **body)

    def rows(self, sql: str, *values: Any) -> list[Any]:
        with psycopg.connect(self.stack["database_url"], autocommit=True) as connection:
            found = connection.execute(sql, values)
            return found.fetchall() if found.description else []

    def email(self, reference: str) -> Any:
        """id, reply address and envelope sender of the acknowledgement, as soon as it was tried."""
        asked = """select id, headers ->> 'Reply-To', envelope_from from notify.emails
                   where ticket = %s and kind = 'acknowledgement' and state not in ('queued', 'sending')"""
        return eventually(lambda: self.rows(asked, reference))[0]

    def mail(self, sender: str, to: str, content: bytes | str, **headers: str) -> None:
        """A mail to us: bytes as they are, or a message of these words."""
        if isinstance(content, str):
            message = EmailMessage()
            message["From"], message["To"], message["Subject"] = sender, to, headers.pop("subject", "Re: Your note")
            message["Message-ID"] = f"<{uuid4().hex}@example.org>"
            for name, value in headers.items():
                message[name.replace("_", "-")] = value
            message.set_content(content)
            content = bytes(message)
        inbound = self.stack["inbound"]
        with smtplib.SMTP(inbound["host"], inbound["port"], timeout=30) as server:
            server.sendmail(sender, [to], content)

    def command(self, *arguments: str) -> str:
        """What `vidare …` prints."""
        environment = {**os.environ, "VIDARE_HOME": str(self.directory)}
        vidare = str(Path(sys.executable).with_name("vidare"))
        return subprocess.run([vidare, *arguments], env=environment, check=True, capture_output=True, text=True).stdout


class Browser:
    """One person's browser, without scripts, at the form or at the console."""

    def __init__(self, system: System, service: str) -> None:
        self.http = requests.Session()
        self.http.headers.update(HTML)
        self.address = system.stack[f"{service}_url"]

    def look(self, path: str) -> str:
        answer = self.http.get(f"{self.address}{path}", timeout=30)
        answer.raise_for_status()
        return answer.text

    def post(
        self, path: str, fields: Mapping[str, str], status: int = 303, file: tuple[str, bytes] | None = None
    ) -> requests.Response:
        files = {"attachment": file} if file else None
        answer = self.http.post(f"{self.address}{path}", data=fields, files=files, timeout=30, allow_redirects=False)
        assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text}"
        return answer

    def fill(self, page: str, to: str, fields: Mapping[str, str], **given: Any) -> requests.Response:
        """Open a page and post to `to` with the token that the page holds."""
        found = re.findall(r'name="(csrf_token|form_token)" value="([^"]+)"', self.look(page))
        return self.post(to, {**{name: unescape(value) for name, value in found}, **fields}, **given)

    def sign_in(self, email: str, password: str, status: int = 303) -> None:
        self.fill("/login", "/login", {"email": email, "password": password}, status=status)
