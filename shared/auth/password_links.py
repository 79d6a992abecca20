"""Links with which people choose a password: an invitation lives for 7 days, one for a forgotten password for an hour; each works once.

Nothing secret is stored: the token in a link is derived from its id (`shared.ticket_keys.password_token`), and only the e-mail has it.
"""

import hmac
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, Row, text
from uuid_utils.compat import uuid7

from shared.auth.users import reset_password
from shared.errors import NotFound
from shared.ticket_keys import password_token

Kind = Literal["invitation", "reset"]
LIVES: Mapping[Kind, timedelta] = {"invitation": timedelta(days=7), "reset": timedelta(hours=1)}

# The newest link of an account ends those before it. An open account's alone is valid.
_MAKE = text("""
    insert into auth.password_links (id, account, kind, expires_at) values (:id, :account, :kind, clock_timestamp() + :lives)
    on conflict (account) do update set id = excluded.id, kind = excluded.kind, expires_at = excluded.expires_at
""")
_VALID = "l.expires_at > clock_timestamp() and u.disabled_at is null"
_FIND = text(f"""
    select u.id as account, u.email, u.name, l.kind from auth.password_links l join auth.users u on u.id = l.account
    where l.id = :id and {_VALID}
""")
_USE = text(f"""
    delete from auth.password_links l using auth.users u where u.id = l.account and l.id = :id and {_VALID} returning l.account
""")


def make_link(connection: Connection, account: UUID, kind: Kind) -> UUID:
    """The id of a new link, which ends the account's former one."""
    link = uuid7()
    connection.execute(_MAKE, {"id": link, "account": account, "kind": kind, "lives": LIVES[kind]})
    return link


def find_link(connection: Connection, secret: str, link: UUID, token: str) -> Row[Any] | None:
    """Whose link it is (account, email, name) and its kind; None when it was used, is past, or the token is another's."""
    if not _is_token(secret, link, token):
        return None
    return connection.execute(_FIND, {"id": link}).one_or_none()


def use_link(connection: Connection, secret: str, link: UUID, token: str, password: str) -> UUID:
    """Set the password of the link's account and end its sessions; returns the account.

    Raises NotFound where find_link finds nothing, Unprocessable for the password, and the link then stays valid.
    """
    account = connection.execute(_USE, {"id": link}).scalar() if _is_token(secret, link, token) else None
    if account is None:
        raise NotFound("This link was used, or is too old.")
    reset_password(connection, account, password)
    return UUID(str(account))


def _is_token(secret: str, link: UUID, token: str) -> bool:
    return hmac.compare_digest(password_token(secret, link).encode(), token.encode())
