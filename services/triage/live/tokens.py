"""Tokens that open one stream each: a browser's EventSource can send no bearer token."""

import secrets
from uuid import UUID

from sqlalchemy import Connection, text

from shared.auth.credentials import Credential, Shown
from shared.auth.tokens import hash_token

VALID_FOR = 60.0  # seconds

_SWEEP = text("""
    delete from triage.live_tokens where hash in (
        select hash from triage.live_tokens where expires_at < clock_timestamp() order by expires_at limit 100 for update skip locked)
""")
_INSERT = text("""
    insert into triage.live_tokens (hash, account, credential, credential_hash, expires_at)
    values (:hash, :account, :credential, :digest, clock_timestamp() + make_interval(secs => :seconds))
""")
_USE = text("""
    delete from triage.live_tokens where hash = :hash
    returning account, credential, credential_hash, expires_at > clock_timestamp() as is_valid
""")


def make_live_token(connection: Connection, account: UUID, credential: Credential) -> str:
    """A token for one stream of this account, which ends with the credential. Only its hash is stored."""
    token = secrets.token_urlsafe(32)
    connection.execute(_SWEEP)
    values = {"account": account, "credential": credential.kind, "digest": credential.digest, "seconds": VALID_FOR}
    connection.execute(_INSERT, {"hash": hash_token(token), **values})
    return token


def use_live_token(connection: Connection, token: str) -> Shown | None:
    """Whose stream the token opens, and with what the stream ends; None for one that is unknown, used or too old."""
    row = connection.execute(_USE, {"hash": hash_token(token)}).first()
    if row is None or not row.is_valid:
        return None
    digest = None if row.credential_hash is None else bytes(row.credential_hash)
    return row.account, Credential(row.credential, digest)
