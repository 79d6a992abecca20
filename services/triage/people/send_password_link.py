"""Have notify send a person a link with which they choose a password."""

from uuid import UUID

from sqlalchemy import Connection

from shared.auth.password_links import Kind, make_link
from shared.events.contracts import password_link_made
from shared.events.log import record


def send_password_link(connection: Connection, account: UUID, email: str, kind: Kind) -> None:
    """It works once, and a former link of the account works no more."""
    link = make_link(connection, account, kind)
    payload = {"link": str(link), "kind": kind, "locale": "en"}
    record(connection, [password_link_made(str(link), payload, {"email": email})])
