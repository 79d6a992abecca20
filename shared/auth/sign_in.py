"""Signing in with e-mail address and password, with a lock-out that cannot be used against another person.

Failures count for account and network together: a stranger who guesses elsewhere locks only their own way to the account. An
unknown account answers, counts and takes as long as a known one.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from shared.audit.record import Author, record_audit
from shared.auth.passwords import hash_password, is_outdated, is_password
from shared.auth.sessions import start_session
from shared.errors import TooManyRequests, Unauthenticated


@dataclass(frozen=True)
class LockOut:
    """So many failures within this time lock that account for that network."""

    failures: int
    within: timedelta


def sign_in(
    engine: Engine,
    email: str,
    password: str,
    network: str,
    lock_out: LockOut | None,
    session: str | None = None,
    ip: str | None = None,
) -> str:
    """The secret name of a new session, instead of this browser's former `session`.

    `network` is where the client comes from (shared/http/networks.py), `ip` its whole address, which the audit log keeps. Raises
    Unauthenticated, and TooManyRequests while the way is closed.
    """
    email = email.replace("\x00", "")  # no address has one, and PostgreSQL cannot store it
    with engine.begin() as connection:
        if lock_out:
            count_attempt(connection, email, network, lock_out)
        row = connection.execute(_ACCOUNT, {"email": email.strip()}).first()
    # The password is checked outside the transaction: it takes long, and locks must be short.
    is_open = row is not None and row.disabled_at is None
    if not is_password(row.password_hash if row and is_open else None, password) or row is None:
        with engine.begin() as connection:
            if row or connection.execute(_FEW_REFUSED).scalar_one():
                record_audit(connection, Author(None, ip), "session.refused", f"user/{row.id}" if row else "user")
        raise Unauthenticated("The e-mail address or the password is wrong.")
    with engine.begin() as connection:
        connection.execute(_FORGET, _pair(email, network))
        if is_outdated(row.password_hash):
            _renew_hash(connection, row.id, password)
        record_audit(connection, Author(row.id, ip), "session.started", f"user/{row.id}")
        return start_session(connection, row.id, instead_of=session)


_ACCOUNT = text("select id, password_hash, disabled_at from auth.users where lower(email) = lower(:email)")
# Whoever tries one invented address after the other must not fill the audit log.
_FEW_REFUSED = text("""
    select count(*) < 1000 from (select at from audit.entries where target = 'user' order by id desc limit 1000) as newest
    where at > clock_timestamp() - interval '1 hour'
""")
_FORGET = text("delete from auth.login_failures where account = :account and network = :network")
_FAILURES = text("""
    select count(*) as failures,
           ceil(extract(epoch from min(at) + :within - clock_timestamp())) as retry_after
    from (select at from auth.login_failures where account = :account and network = :network
          and at > clock_timestamp() - :within order by at desc limit :failures) latest
""")
_OLD = text("""
    delete from auth.login_failures where id in (
        select id from auth.login_failures where at < clock_timestamp() - :within order by at limit 100 for update skip locked)
""")


def _pair(who: str, network: str) -> dict[str, object]:
    return {"account": hashlib.sha256(who.strip().lower().encode()).digest(), "network": network}


def count_attempt(connection: Connection, who: str, network: str, lock_out: LockOut) -> None:
    """Count this attempt as failed before its password is checked, so that many at once cannot pass the limit. `who`: an address, or
    anything else of which attempts are limited. Raises TooManyRequests."""
    pair = _pair(who, network)
    connection.execute(
        text("select pg_advisory_xact_lock(hashtextextended(encode(:account, 'hex') || :network, 11))"), pair
    )
    limits = {"within": lock_out.within, "failures": lock_out.failures}
    found = connection.execute(_FAILURES, {**pair, **limits}).one()
    if found.failures >= lock_out.failures:
        raise TooManyRequests("Too many attempts. Please wait a little.", max(1, int(found.retry_after)))
    connection.execute(text("insert into auth.login_failures (account, network) values (:account, :network)"), pair)
    connection.execute(_OLD, {"within": lock_out.within})


def _renew_hash(connection: Connection, user_id: UUID, password: str) -> None:
    """Hash the password with today's parameters."""
    connection.execute(
        text("update auth.users set password_hash = :hash where id = :id"),
        {"id": user_id, "hash": hash_password(password)},
    )
