"""The uploads of a person that no message has used yet."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, Row, text

from shared.auth.principal import Principal

_UNUSED = text("""
    select id, name, size from triage.uploads
    where id = any(cast(:ids as uuid[])) and uploader = :uploader and used_at is null order by id
""")


def unused_uploads(
    connection: Connection, uploader: Principal, ids: Sequence[str]
) -> Sequence[Row[tuple[UUID, str, int]]]:
    """Id, name and size of those of the uploads that are this person's and unused."""
    if not ids:
        return ()
    return connection.execute(_UNUSED, {"ids": list(ids), "uploader": uploader.id}).all()
