"""Delete stored mails that were never entered: their senders got no 250, and sent them again."""

from collections.abc import Callable

from sqlalchemy import Engine, text

from services.notify.inbound.receive_mail import FOLDER
from shared.storage.object_store import ObjectStore
from shared.storage.orphans import sweep_orphans

_KNOWN = text("select object from notify.inbound_mails where object = any(:names)")


def sweep_mails(engine: Engine, store: ObjectStore, may_go_on: Callable[[], bool]) -> int:
    """Delete the mails older than a day that no row names, while `may_go_on()`; returns how many. Raises TransientError."""

    def known(names: list[str]) -> set[str]:
        with engine.connect() as connection:
            return set(connection.execute(_KNOWN, {"names": names}).scalars())

    return sweep_orphans(store, FOLDER, known, may_go_on)
