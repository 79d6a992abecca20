"""Every error as RFC 9457 `application/problem+json`: the one table from what went wrong to what a client is told."""

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

# What RFC 9110 calls them; Python says so from 3.13 on, and a title must not depend on that.
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
    faults: Mapping[str, Sequence[str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem document as an answer; `faults` are the bad fields."""
    title = _RENAMED.get(status) or http.HTTPStatus(status).phrase
    body: dict[str, object] = {"type": "about:blank", "title": title, "status": status, "detail": detail or f"{title}."}
    if faults:
        body["errors"] = {field: list(messages) for field, messages in faults.items()}
    return Response(json.dumps(body), status=status, content_type=PROBLEM, headers=dict(headers or {}))


def of_use_case(error: errors.UseCaseError) -> Response:
    """What a client is told when a use case says no."""
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    headers = {}
    if isinstance(error, errors.TooManyRequests | errors.Unavailable):
        headers["Retry-After"] = str(max(1, error.retry_after))
    if isinstance(error, errors.Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    return problem(status, error.detail, getattr(error, "errors", None), headers)


def unavailable(error: Exception) -> Response:
    """503: Postgres, the store or the like is away; nothing was accepted."""
    log.warning("outage", error=type(error).__name__)
    return problem(
        503, "Something we need is away for a moment. Please try again.", headers={"Retry-After": str(RETRY_AFTER)}
    )


def flat_faults(messages: object, path: str = "") -> dict[str, list[str]]:
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
            for field, sentences in flat_faults(inner, step).items():
                found.setdefault(field, []).extend(sentences)
        return found
    listed: list[object] = messages if isinstance(messages, list) else [messages]
    return {path or "body": [str(sentence) for sentence in listed]}


def of_http_exception(error: HTTPException) -> ResponseReturnValue:
    """What Flask, Werkzeug or webargs raised, as a problem; redirects stay what they are."""
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()
    data: dict[str, Any] = getattr(error, "data", None) or {}
    messages = data.get("errors") or data.get("messages")
    faults: dict[str, list[str]] = {}
    if isinstance(messages, Mapping):
        # webargs files its messages under where it looked ("json", "query" …), which no client needs to know.
        for inner in messages.values():
            faults.update(flat_faults(inner))
    detail = "Some fields need another look." if error.code == 422 else data.get("message") or _sentence(error)
    headers = {name: value for name, value in error.get_headers() if name.lower() != "content-type"}
    return problem(error.code, detail, faults if error.code == 422 else None, headers)


def _sentence(error: HTTPException) -> str:
    """Werkzeug's own sentence, but for a 500, whose cause is nobody's business."""
    if error.code == 500:
        return "Something went wrong on our side. It has been noted."
    return error.description or ""


class ProblemApi(Api):  # type: ignore[misc]  # flask-smorest is untyped
    """flask-smorest's Api, whose errors are problems in the document as on the wire (its own says application/json)."""

    ERROR_SCHEMA = ProblemSchema

    def _register_responses(self) -> None:
        # With the aliases: Python 3.13 renamed what RFC 9110 did, and both names are in use.
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
    """The one error handler: a problem, or for a person in a browser the page that `show_errors_as_pages` gave."""
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
    """Whether a person in a browser asks: it would rather have a page (scripts say `*/*`), and to an API it sends a form."""
    if request.path.startswith("/v1/") and request.mimetype not in FORM_TYPES:
        return False
    accepted = request.accept_mimetypes
    return accepted["text/html"] > accepted["application/json"]


def show_errors_as_pages(app: Flask, page: ErrorPage) -> None:
    """Let `page` render errors (their problem answer is given) for people in a browser."""
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
    """What a request changed is committed, and its client has not heard of it."""
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        crash_point("web.unanswered")
    return response
