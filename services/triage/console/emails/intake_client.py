"""Client of intake's API: the mails that became part of no ticket."""

from typing import Any
from urllib.parse import quote, urlencode

from services.triage.console.emails.service_client import ServiceClient
from services.triage.current_deps import deps
from shared.auth.principal import Principal


class Intake(ServiceClient):
    """intake's API."""

    title = "The service that reads mail"

    def mails(self, reader: Principal, state: str | None, cursor: str | None) -> dict[str, Any]:
        """A page of inbound mails. Raises Unavailable, Forbidden, Unprocessable."""
        given = {"state": state, "cursor": cursor}
        return self.call("GET", f"/v1/mails?{urlencode({name: one for name, one in given.items() if one})}", reader)

    def mail(self, reader: Principal, name: str) -> dict[str, Any]:
        """One inbound mail with its text. Raises Unavailable, NotFound, Forbidden."""
        return self.call("GET", f"/v1/mails/{quote(name, safe='')}", reader)

    def open_ticket(self, reader: Principal, name: str, category: str) -> None:
        """Have a ticket made of it. Raises Unavailable, NotFound, Forbidden, Conflict, Unprocessable."""
        self.call("POST", f"/v1/mails/{quote(name, safe='')}/ticket", reader, {"category": category})


def intake() -> Intake:
    """intake at the address in the settings."""
    settings = deps().settings
    return Intake(settings.intake_api_url or settings.intake_url, settings.secret)
