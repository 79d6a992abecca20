"""Client of notify's API."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from services.triage.console.emails.service_client import ServiceClient
from services.triage.current_deps import deps
from shared.auth.principal import Principal

# Titles are not worth the wait.
_TITLES_TIMEOUT_SECONDS = 1.0


class Notify(ServiceClient):
    """notify's API."""

    title = "The mail service"

    def emails(self, reader: Principal, filters: Mapping[str, str]) -> dict[str, Any]:
        """A page of e-mails. Raises Unavailable, Forbidden, Unprocessable."""
        return self.call("GET", f"/v1/emails?{urlencode(filters)}", reader)

    def kind_titles(self, reader: Principal) -> dict[str, str]:
        """The title of each kind of e-mail, by its name. Raises Unavailable, Forbidden."""
        items = self.call("GET", "/v1/emails/kinds", reader, timeout=_TITLES_TIMEOUT_SECONDS)["items"]
        return {item["name"]: item["title"] for item in items}

    def email(self, reader: Principal, email: UUID) -> dict[str, Any]:
        """One e-mail with its text and attempts. Raises Unavailable, NotFound, Forbidden."""
        return self.call("GET", f"/v1/emails/{email}", reader)

    def resend(self, reader: Principal, email: UUID) -> None:
        """Send it again. Raises Unavailable, NotFound, Forbidden, Conflict."""
        self.call("POST", f"/v1/emails/{email}/resend", reader)

    def resend_all(self, reader: Principal, wanted: Mapping[str, str]) -> int:
        """Send e-mails of a state (and kind) again, up to 500. Returns how many. Raises Unavailable, Forbidden, Unprocessable."""
        return int(self.call("POST", "/v1/emails/resends", reader, wanted)["resent"])

    def suppressions(self, reader: Principal, cursor: str | None) -> dict[str, Any]:
        """A page of suppressed addresses. Raises Unavailable, Forbidden, Unprocessable."""
        return self.call("GET", f"/v1/suppressions?{urlencode({'cursor': cursor} if cursor else {})}", reader)

    def suppress(self, reader: Principal, entry: Mapping[str, str]) -> None:
        """Suppress an address; `entry` holds `email` and `reason`. Raises Unavailable, Forbidden, Conflict, Unprocessable."""
        self.call("POST", "/v1/suppressions", reader, entry)

    def lift(self, reader: Principal, suppression: UUID) -> None:
        """End a suppression. Raises Unavailable, Forbidden, NotFound."""
        self.call("DELETE", f"/v1/suppressions/{suppression}", reader)

    def preview(self, reader: Principal, kind: str, draft: Mapping[str, Any]) -> dict[str, Any]:
        """The e-mail of this kind that the draft would become. Raises Unavailable, Forbidden, Unprocessable."""
        return self.call("POST", f"/v1/previews/{kind}", reader, draft)


def notify() -> Notify:
    """notify at the address in the settings."""
    return Notify(deps().settings.notify_url, deps().settings.secret)
