"""Every error as RFC 9457 `application/problem+json`: the one table from errors to answers."""

import http
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import marshmallow as ma
import structlog
from flask import Flask, Response, current_app, json, request
from flask.typing import ResponseReturnValue
from flask_smorest import Api
from flask_smorest.utils import prepare_response
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError

from shared import errors
from shared.crash_points import crash_point
from shared.storage.database import is_transient

PROBLEM = "application/problem+json"
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
# Seconds after which a client whose request met an outage may try again: about one restart of a server of ours.
RETRY_AFTER = 5

STATUS: dict[type[errors.UseCaseError], int] = {
    errors.Unreadable: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.TooLarge: 413,
    errors.UnsupportedMedia: 415,
    errors.Unprocessable: 422,
    errors.TooManyRequests: 429,
    errors.Unavailable: 503,
}

# The names in RFC 9110, which Python has from 3.13 on: a title must not depend on Python's version.
_RENAMED = {413: "Content Too Large", 422: "Unprocessable Content"}

log = structlog.get_logger(__name__)


class ProblemSchema(ma.Schema):
    """RFC 9457, with our `errors`."""

    type = ma.fields.String(
        required=True, metadata={"description": "`about:blank`: the status says it all (RFC 9457, 4.2.1)."}
    )
    title = ma.fields.String(required=True, metadata={"description": "The status in words."})
    status = ma.fields.Integer(required=True, metadata={"description": "The HTTP status."})
    detail = ma.fields.String(required=True, metadata={"description": "What happened this time, in a sentence."})
    errors = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.List(ma.fields.String()),
        metadata={"description": "Each bad field, `details.<name>` for a nested one, and what is wrong with it."},
    )


def problem(
    status: int,
    detail: str = "",
    bad_fields: Mapping[str, Sequence[str]] | None = None,
    headers: Mapping[str, str] | None = None,
    members: Mapping[str, object] | None = None,
) -> Response:
    """A problem document as an answer. `bad_fields`: messages by field; `members`: further ones of the document."""
    title = _RENAMED.get(status) or http.HTTPStatus(status).phrase
    body: dict[str, object] = {"type": "about:blank", "title": title, "status": status, "detail": detail or f"{title}."}
    if bad_fields:
        body["errors"] = {field: list(messages) for field, messages in bad_fields.items()}
    body |= members or {}
    return Response(json.dumps(body), status=status, content_type=PROBLEM, headers=dict(headers or {}))


def of_use_case(error: errors.UseCaseError) -> Response:
    """The answer to a use case's error."""
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    headers = {}
    if isinstance(error, errors.TooManyRequests | errors.Unavailable):
        headers["Retry-After"] = str(max(1, error.retry_after))
    if isinstance(error, errors.Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    members = error.members if isinstance(error, errors.Conflict) else None
    return problem(status, error.detail, getattr(error, "errors", None), headers, members)


def unavailable(error: Exception) -> Response:
    """503: PostgreSQL, the store or the like is down; nothing was accepted."""
    log.warning("outage", error=type(error).__name__)
    return problem(
        503, "Something we need is away for a moment. Please try again.", headers={"Retry-After": str(RETRY_AFTER)}
    )


def flat_messages(messages: object, path: str = "") -> dict[str, list[str]]:
    """marshmallow's nested messages with one dotted path a field: `details.kind`, `rules[3].when`."""
    if isinstance(messages, Mapping):
        found: dict[str, list[str]] = {}
        for name, inner in messages.items():
            if name == "_schema":
                step = path or "body"
            elif isinstance(name, int):
                step = f"{path}[{name}]"
            else:
                step = f"{path}.{name}" if path else str(name)
            for field, texts in flat_messages(inner, step).items():
                found.setdefault(field, []).extend(texts)
        return found
    sentences = messages if isinstance(messages, list) else [messages]
    return {path or "body": [str(sentence) for sentence in sentences]}


def of_http_exception(error: HTTPException) -> ResponseReturnValue:
    """An error of Flask, Werkzeug or webargs as a problem; redirects stay as they are."""
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()
    data: dict[str, Any] = getattr(error, "data", None) or {}
    messages = data.get("errors") or data.get("messages")
    bad_fields: dict[str, list[str]] = {}
    if isinstance(messages, Mapping):
        # webargs groups its messages by location ("json", "query" …), which clients need not know.
        for inner in messages.values():
            bad_fields.update(flat_messages(inner))
    detail = "Some fields need another look." if error.code == 422 else data.get("message") or _sentence(error)
    headers = {name: value for name, value in error.get_headers() if name.lower() != "content-type"}
    return problem(error.code, detail, bad_fields if error.code == 422 else None, headers)


def _sentence(error: HTTPException) -> str:
    """Werkzeug's own sentence, but for a 500, whose cause stays internal."""
    if error.code == 500:
        return "Something went wrong on our side. It has been noted."
    return error.description or ""


class ProblemApi(Api):  # type: ignore[misc]  # flask-smorest is untyped
    """flask-smorest's Api, whose errors are problems in the document as on the wire (its own says application/json)."""

    ERROR_SCHEMA = ProblemSchema

    def _register_responses(self) -> None:
        # With the aliases: Python 3.13 renamed some as RFC 9110 did, and both names are in use.
        for name, status in http.HTTPStatus.__members__.items():
            self._register_response(name, _RENAMED.get(status) or status.phrase, status >= 400)
        self._register_response(self.DEFAULT_ERROR_RESPONSE_NAME, "An error", True)

    def _register_response(self, name: str, description: str, is_error: bool) -> None:
        response: dict[str, Any] = {"description": description}
        if is_error:
            response["schema"] = ProblemSchema
            prepare_response(response, self.spec, PROBLEM)
        self.spec.components.response(name, response, lazy=True)

    def handle_http_exception(self, error: HTTPException) -> ResponseReturnValue:
        return answer_error(error)


ErrorPage = Callable[[Response], ResponseReturnValue]
_PAGES = "vidare-error-page"


def answer_error(error: Exception) -> ResponseReturnValue:
    """The one error handler: a problem, or for browsers the page of `show_errors_as_pages`."""
    if isinstance(error, HTTPException):
        answer = of_http_exception(error)
    elif isinstance(error, errors.UseCaseError):
        answer = of_use_case(error)
    elif isinstance(error, DBAPIError) and not is_transient(error):
        log.error("database error", sqlstate=getattr(error.orig, "sqlstate", None), kind=type(error.orig).__name__)
        answer = of_http_exception(InternalServerError())
    else:
        answer = unavailable(error)
    page: ErrorPage | None = current_app.extensions.get(_PAGES)
    if page is None or not isinstance(answer, Response) or answer.status_code < 400 or not prefers_html():
        return answer
    return page(answer)


def prefers_html() -> bool:
    """Whether a browser sent the request: it prefers a page (scripts send `*/*`), and to an API it sends a form."""
    if request.path.startswith("/v1/") and request.mimetype not in FORM_TYPES:
        return False
    accepted = request.accept_mimetypes
    return accepted["text/html"] > accepted["application/json"]


def show_errors_as_pages(app: Flask, page: ErrorPage) -> None:
    """Let `page` render errors for browsers; it gets the problem answer."""
    app.extensions[_PAGES] = page


def make_api(app: Flask, title: str, description: str = "") -> ProblemApi:
    """The service's OpenAPI 3.1 document at /openapi.json, and its errors as problems."""
    app.config.update(
        API_TITLE=title,
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
        JSON_SORT_KEYS=False,
    )
    api = ProblemApi(app, spec_kwargs={"info": {"description": description or title}})
    for kind in (errors.UseCaseError, errors.TransientError, DBAPIError, PoolTimeout):
        app.register_error_handler(kind, answer_error)
    app.after_request(_before_the_answer)
    return api


def _before_the_answer(response: Response) -> Response:
    """The crash point between what a request committed and its answer."""
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        crash_point("web.unanswered")
    return response
