"""Send a link to a person who has forgotten their password."""

from sqlalchemy import Connection, text

from services.triage.people.send_password_link import send_password_link
from shared.audit.record import Author, record_audit
from shared.auth.sign_in import LockOut, count_attempt
from shared.errors import Unprocessable
from shared.mail.addresses import InvalidAddress, canonical_address

_ACCOUNT = text("""
    select id, email from auth.users
    where lower(email) = lower(:email) and disabled_at is null and not is_program and role <> 'service'
""")


def forgotten_password(
    connection: Connection, email: str, network: str, lock_out: LockOut | None, ip: str | None
) -> None:
    """The answer is the same whether there is an account or not, and counts as an attempt to sign in: limits and lock-out are the same.

    Raises Unprocessable for what is no address, TooManyRequests while the way is closed.
    """
    try:
        address = canonical_address(email, smtputf8=True)
    except InvalidAddress as error:
        raise Unprocessable({"email": ["Not an e-mail address."]}) from error
    if lock_out:
        count_attempt(connection, f"forgotten {address}", network, lock_out)
    _send(connection, address, ip)


def _send(connection: Connection, address: str, ip: str | None) -> None:
    account = connection.execute(_ACCOUNT, {"email": address}).one_or_none()
    if account is None:
        return
    send_password_link(connection, account.id, account.email, "reset")
    record_audit(connection, Author(None, ip), "user.password_forgotten", f"user/{account.id}")
