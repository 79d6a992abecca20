"""Asks notify for e-mails, on behalf of the person at the console, so that nobody sees more here than there."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from uuid import UUID

from shared.auth.principal import Principal
from shared.auth.service_token import service_token
from shared.errors import Conflict, Forbidden, NotFound, Unavailable, Unprocessable, UseCaseError
from shared.http.authorisation import ON_BEHALF_OF

# A person waits for the page; notify answers within a few milliseconds or is away.
_SECONDS = 5

_REFUSALS: Mapping[int, type[UseCaseError]] = {403: Forbidden, 404: NotFound, 409: Conflict}


class Notify:
    """notify's API at `address`."""

    def __init__(self, address: str, secret: str) -> None:
        self._address = address
        self._token = service_token(secret)

    def emails(self, reader: Principal, filters: Mapping[str, str]) -> dict[str, Any]:
        """A page of the ledger. Raises Unavailable, Forbidden, Unprocessable."""
        return self._ask("GET", f"/v1/emails?{urlencode(filters)}", reader)

    def email(self, reader: Principal, email: UUID) -> dict[str, Any]:
        """One e-mail, whole. Raises Unavailable, NotFound, Forbidden."""
        return self._ask("GET", f"/v1/emails/{email}", reader)

    def resend(self, reader: Principal, email: UUID) -> None:
        """Let it be sent again. Raises Unavailable, NotFound, Forbidden, Conflict."""
        self._ask("POST", f"/v1/emails/{email}/resend", reader)

    def resend_all(self, reader: Principal, wanted: Mapping[str, str]) -> int:
        """Let all of a state (and kind) be sent again, up to 500; how many that are. Raises Unavailable, Forbidden, Unprocessable."""
        return int(self._ask("POST", "/v1/emails/resends", reader, wanted)["resent"])

    def suppressions(self, reader: Principal, cursor: str | None) -> dict[str, Any]:
        """A page of the do-not-mail list. Raises Unavailable, Forbidden, Unprocessable."""
        return self._ask("GET", f"/v1/suppressions?{urlencode({'cursor': cursor} if cursor else {})}", reader)

    def suppress(self, reader: Principal, entry: Mapping[str, str]) -> None:
        """Put `email` on it for a `reason`. Raises Unavailable, Forbidden, Conflict, Unprocessable."""
        self._ask("POST", "/v1/suppressions", reader, entry)

    def lift(self, reader: Principal, suppression: UUID) -> None:
        """Take one off it. Raises Unavailable, Forbidden, NotFound."""
        self._ask("DELETE", f"/v1/suppressions/{suppression}", reader)

    def preview_disapproval(self, reader: Principal, draft: Mapping[str, Any]) -> dict[str, Any]:
        """The letter that the draft would become. Raises Unavailable, Forbidden, Unprocessable."""
        return self._ask("POST", "/v1/previews/disapproval", reader, draft)

    def _ask(self, method: str, path: str, reader: Principal, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self._token}", ON_BEHALF_OF: str(reader.id), "Accept": "application/json"}
        if data is not None:
            headers["Content-Type"] = "application/json"
        # The address is a setting, not something that a person gave.
        request = Request(self._address + path, data=data, method=method, headers=headers)  # noqa: S310
        try:
            with urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
                found: dict[str, Any] = json.loads(answer.read() or b"{}")
                return found
        except HTTPError as error:
            raise _refusal(error) from error
        except (URLError, OSError, ValueError) as error:
            raise Unavailable("The mail service does not answer. Please try again in a moment.") from error


def _refusal(error: HTTPError) -> UseCaseError:
    """What notify said no to, as our own page says it."""
    try:
        problem = json.load(error)
    except ValueError:
        problem = {}
    detail = str(problem.get("detail", ""))
    if error.code == 422:
        return Unprocessable(problem.get("errors") or {}, detail)
    if error.code in _REFUSALS:
        return _REFUSALS[error.code](detail)
    return Unavailable("The mail service cannot help at the moment. Please try again.")
