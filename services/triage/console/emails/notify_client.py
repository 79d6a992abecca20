"""Client of notify's API. It acts on behalf of the signed-in person, so that notify checks their permissions."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from uuid import UUID

from services.triage.current_deps import deps
from shared.auth.principal import Principal
from shared.auth.service_token import service_token
from shared.errors import Conflict, Forbidden, NotFound, Unavailable, Unprocessable, UseCaseError
from shared.http.authorisation import ON_BEHALF_OF

# notify answers within milliseconds; a person waits for the page.
_TIMEOUT_SECONDS = 5.0
# Titles are not worth the wait.
_TITLES_TIMEOUT_SECONDS = 1.0

_ERRORS: Mapping[int, type[UseCaseError]] = {403: Forbidden, 404: NotFound, 409: Conflict}


class Notify:
    """notify's API at `address`; `secret` is the root secret."""

    def __init__(self, address: str, secret: str) -> None:
        self._address = address
        self._token = service_token(secret)

    def emails(self, reader: Principal, filters: Mapping[str, str]) -> dict[str, Any]:
        """A page of e-mails. Raises Unavailable, Forbidden, Unprocessable."""
        return self._call("GET", f"/v1/emails?{urlencode(filters)}", reader)

    def kind_titles(self, reader: Principal) -> dict[str, str]:
        """The title of each kind of e-mail, by its name. Raises Unavailable, Forbidden."""
        items = self._call("GET", "/v1/emails/kinds", reader, timeout=_TITLES_TIMEOUT_SECONDS)["items"]
        return {item["name"]: item["title"] for item in items}

    def email(self, reader: Principal, email: UUID) -> dict[str, Any]:
        """One e-mail with its text and attempts. Raises Unavailable, NotFound, Forbidden."""
        return self._call("GET", f"/v1/emails/{email}", reader)

    def resend(self, reader: Principal, email: UUID) -> None:
        """Send it again. Raises Unavailable, NotFound, Forbidden, Conflict."""
        self._call("POST", f"/v1/emails/{email}/resend", reader)

    def resend_all(self, reader: Principal, wanted: Mapping[str, str]) -> int:
        """Send e-mails of a state (and kind) again, up to 500. Returns how many. Raises Unavailable, Forbidden, Unprocessable."""
        return int(self._call("POST", "/v1/emails/resends", reader, wanted)["resent"])

    def suppressions(self, reader: Principal, cursor: str | None) -> dict[str, Any]:
        """A page of suppressed addresses. Raises Unavailable, Forbidden, Unprocessable."""
        return self._call("GET", f"/v1/suppressions?{urlencode({'cursor': cursor} if cursor else {})}", reader)

    def suppress(self, reader: Principal, entry: Mapping[str, str]) -> None:
        """Suppress an address; `entry` holds `email` and `reason`. Raises Unavailable, Forbidden, Conflict, Unprocessable."""
        self._call("POST", "/v1/suppressions", reader, entry)

    def lift(self, reader: Principal, suppression: UUID) -> None:
        """End a suppression. Raises Unavailable, Forbidden, NotFound."""
        self._call("DELETE", f"/v1/suppressions/{suppression}", reader)

    def preview_disapproval(self, reader: Principal, draft: Mapping[str, Any]) -> dict[str, Any]:
        """The e-mail that the draft would become. Raises Unavailable, Forbidden, Unprocessable."""
        return self._call("POST", "/v1/previews/disapproval", reader, draft)

    def _call(
        self,
        method: str,
        path: str,
        reader: Principal,
        body: Mapping[str, Any] | None = None,
        timeout: float = _TIMEOUT_SECONDS,
    ) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self._token}", ON_BEHALF_OF: str(reader.id), "Accept": "application/json"}
        if data is not None:
            headers["Content-Type"] = "application/json"
        # S310: the address is a setting, not user input.
        request = Request(self._address + path, data=data, method=method, headers=headers)  # noqa: S310
        try:
            with urlopen(request, timeout=timeout) as answer:  # noqa: S310
                found: dict[str, Any] = json.loads(answer.read() or b"{}")
                return found
        except HTTPError as error:
            raise _error_of(error) from error
        except (URLError, OSError, ValueError) as error:
            raise Unavailable("The mail service does not answer. Please try again in a moment.") from error


def notify() -> Notify:
    """notify at the address in the settings."""
    return Notify(deps().settings.notify_url, deps().settings.secret)


def _error_of(error: HTTPError) -> UseCaseError:
    """notify's problem document as the error that the console shows."""
    try:
        problem = json.load(error)
    except ValueError:
        problem = {}
    detail = str(problem.get("detail", ""))
    if error.code == 422:
        return Unprocessable(problem.get("errors") or {}, detail)
    if error.code in _ERRORS:
        return _ERRORS[error.code](detail)
    return Unavailable("The mail service cannot do this at the moment. Please try again.")
