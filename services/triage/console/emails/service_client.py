"""Calls another service's API on behalf of the signed-in person, so that it checks their permissions."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from shared.auth.principal import Principal
from shared.auth.service_token import service_token
from shared.errors import Conflict, Forbidden, NotFound, Unavailable, Unprocessable, UseCaseError
from shared.http.authorisation import ON_BEHALF_OF

# The services answer within milliseconds; a person waits for the page.
TIMEOUT_SECONDS = 5.0

_ERRORS: Mapping[int, type[UseCaseError]] = {403: Forbidden, 404: NotFound, 409: Conflict}


class ServiceClient:
    """The API at `address`; `secret` is the root secret."""

    # How errors name it.
    title = "The service"

    def __init__(self, address: str, secret: str) -> None:
        self._address = address
        self._token = service_token(secret)

    def call(
        self,
        method: str,
        path: str,
        reader: Principal,
        body: Mapping[str, Any] | None = None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> dict[str, Any]:
        """The answer's document. Raises Unavailable, NotFound, Forbidden, Conflict, Unprocessable."""
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
            raise self._error_of(error) from error
        except (URLError, OSError, ValueError) as error:
            raise Unavailable(f"{self.title} does not answer. Please try again in a moment.") from error

    def _error_of(self, error: HTTPError) -> UseCaseError:
        """The service's problem document as the error that the console shows."""
        try:
            problem = json.load(error)
        except ValueError:
            problem = {}
        detail = str(problem.get("detail", ""))
        if error.code == 422:
            return Unprocessable(problem.get("errors") or {}, detail)
        if error.code in _ERRORS:
            return _ERRORS[error.code](detail)
        return Unavailable(f"{self.title} cannot do this at the moment. Please try again.")
