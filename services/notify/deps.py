"""What notify works with: made once for each process, given to views, tasks and commands."""

from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Engine

from services.notify.settings import NotifySettings
from shared.catalog import Catalog, load_once
from shared.storage.database import make_engine
from shared.storage.object_store import ObjectStore


@dataclass(frozen=True)
class Deps:
    """Connections and settings of one process."""

    settings: NotifySettings
    engine: Engine
    store: ObjectStore

    @cached_property
    def catalog(self) -> Catalog:
        """The catalogue whose words e-mails use, read at its first use: receiving mail does without. Raises CatalogError."""
        return load_once(self.settings.catalog)


def bootstrap(settings: NotifySettings, *, application: str, pool_size: int) -> Deps:
    """The dependencies of a process that names itself `application` to PostgreSQL; nothing is connected yet."""
    return Deps(
        settings=settings,
        engine=make_engine(settings, application=application, pool_size=pool_size),
        store=ObjectStore(settings),
    )
