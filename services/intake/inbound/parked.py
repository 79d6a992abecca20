"""The mails that nobody could read: kept whole, for a person."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, Row, text

from shared.db import autocommit

_UNREADABLE = text("""
    select object, received_at, ticket, size, because from intake.inbound_mails
    where state = 'unreadable' order by received_at desc limit :most
""")


def unreadable_mails(engine: Engine, most: int = 200) -> Sequence[Row[Any]]:
    """The newest ones; `object` is where each lies in the store."""
    with autocommit(engine) as connection:
        return connection.execute(_UNREADABLE, {"most": most}).all()
