"""The sender of a request: network, idempotency key, bearer token."""

from flask import g, request
from sqlalchemy import Engine
from uuid_utils.compat import uuid7

from services.intake.submissions.form_clients import find_client
from services.intake.submissions.submission import Sender
from shared.errors import Unauthenticated
from shared.http.idempotency_key import idempotency_key
from shared.http.networks import network_of

NO_KEY = "A bearer token is needed here: a ticket's key, or a form's token."


def sender_of(engine: Engine, form_token: str | None = None, source: str = "form") -> Sender:
    """The sender of this request; `form_token` is the name in our own form's token, `source` `form` or `api`.

    Raises Unreadable for a malformed Idempotency-Key, Unauthenticated for a bearer token of no form.
    """
    client = find_client(engine, bearer()) if "Authorization" in request.headers else None
    return Sender(network(), correlation_id(), idempotency_key(), form_token, client, source=source)


def network() -> str:
    """The network of this request."""
    return network_of(request.remote_addr)


def correlation_id() -> str:
    """This request's id: the request's log lines and all events that follow from it carry it."""
    found: str | None = g.get("correlation_id")
    if found is None:
        found = g.correlation_id = str(uuid7())
    return found


def bearer() -> str:
    """The bearer token. Raises Unauthenticated when there is none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated(NO_KEY)
    return token.strip()
