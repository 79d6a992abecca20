"""Authorisation at the edge: every route is either `authorised(...)` or `public`; an architecture test finds the rest.

An app calls `guard(app, engine, secret)` once, before it makes its API.
"""

from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from typing import Any, Literal, TypeVar, cast
from uuid import UUID

from flask import Flask, current_app, g, request
from sqlalchemy import Engine

from shared.auth.credentials import Credential
from shared.auth.principal import Permission, Principal
from shared.auth.service_token import find_service
from shared.auth.sessions import find_session
from shared.auth.tokens import find_principal, hash_token
from shared.auth.users import find_principal_by_id
from shared.errors import Unauthenticated
from shared.storage.database import autocommit

View = TypeVar("View", bound=Callable[..., Any])
By = Literal["token", "session"]

# With our services' own token: the id of the person on whose behalf a service calls another, with that person's permissions.
ON_BEHALF_OF = "Vidare-On-Behalf-Of"

MARK = "__vidare_authorisation__"
PUBLIC = "public"
_KEPT = "vidare-guard"


class _Guard:
    """What the decorators need from their app."""

    def __init__(self, engine: Engine, secret: str, cookie: str | None) -> None:
        self.engine = engine
        self.secret = secret
        self.cookie = cookie


def guard(app: Flask, engine: Engine, secret: str, session_cookie: str | None = None) -> None:
    """Let `authorised` find accounts in `engine`; `secret` is the root secret, `session_cookie` the console's cookie."""
    app.extensions[_KEPT] = _Guard(engine, secret, session_cookie)
    schemes = {"bearer": {"type": "http", "scheme": "bearer"}}
    app.config.setdefault("API_SPEC_OPTIONS", {}).setdefault("components", {})["securitySchemes"] = schemes


def authorised(permission: Permission, by: By = "token", *, counts_as_use: bool = True) -> Callable[[View], View]:
    """Require this permission; the caller is then `flask.g.principal`.

    `by`: the bearer token (APIs), or the console's session. Use cases check the ticket's team. Raises Unauthenticated (401) and
    Forbidden (403). Use it directly below `route`, above `arguments` and `response`, so that nothing is read of a request without
    permission.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*positional: Any, **named: Any) -> Any:
            g.principal = _of_token() if by == "token" else _of_session(counts_as_use)
            g.principal.require(permission)
            return view(*positional, **named)

        setattr(guarded, MARK, f"{by}:{permission}")
        if by == "token":
            _document(guarded)
        return cast(View, guarded)

    return decorate


def public(view: View) -> View:
    """Let everybody call this view."""
    setattr(view, MARK, PUBLIC)
    return view


def principal() -> Principal:
    """The caller, inside an authorised view."""
    return cast(Principal, g.principal)


def credential() -> Credential:
    """What the caller of an authorised view showed."""
    return cast(Credential, g.credential)


def authorisation_of_routes(app: Flask) -> dict[str, str | None]:
    """Each route as `METHOD /rule` and its mark: `token:<permission>`, `session:<permission>`, `public`, or None for neither."""
    marks: dict[str, str | None] = {}
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            handler = getattr(getattr(view, "view_class", None), method.lower(), view)
            marks[f"{method} {rule.rule}"] = getattr(handler, MARK, None)
    return marks


def _guard() -> _Guard:
    return cast(_Guard, current_app.extensions[_KEPT])


def _of_token() -> Principal:
    """RFC 6750: `Authorization: Bearer <token>`; the scheme's name in any case."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("A bearer token is needed.")
    kept = _guard()
    found = find_service(kept.secret, token)
    g.credential = Credential("token", hash_token(token)) if found is None else Credential("account", None)
    if found is not None and ON_BEHALF_OF not in request.headers:
        return found
    with autocommit(kept.engine) as connection:
        if found is None:
            found = find_principal(connection, token)
        else:
            found = find_principal_by_id(connection, _person(request.headers[ON_BEHALF_OF]))
    if found is None:
        raise Unauthenticated("The bearer token is not valid.")
    return found


def _person(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError as error:
        raise Unauthenticated("The person asked for is not named by an id.") from error


def _of_session(counts_as_use: bool) -> Principal:
    kept = _guard()
    name = request.cookies.get(kept.cookie or "", "")
    found = None
    g.credential = Credential("session", hash_token(name))
    if name:
        with autocommit(kept.engine) as connection:
            found = find_session(connection, name, counts_as_use=counts_as_use)
    if found is None:
        raise Unauthenticated("Please sign in.")
    return found


def _document(view: Callable[..., Any]) -> None:
    """Document that the operation needs a token, in the attribute that flask-smorest keeps on a view."""
    documented: dict[str, Any] = deepcopy(getattr(view, "_apidoc", {}))
    documented.setdefault("manual_doc", {})["security"] = [{"bearer": []}]
    answers = documented.setdefault("response", {}).setdefault("responses", {})
    for status, name in ((401, "UNAUTHORIZED"), (403, "FORBIDDEN")):
        answers.setdefault(status, []).append(name)
    view._apidoc = documented  # type: ignore[attr-defined]
