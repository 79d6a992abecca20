"""What notify's views need."""

from dataclasses import dataclass

from sqlalchemy import Engine

from services.notify.settings import NotifySettings
from shared.catalog import Catalog


@dataclass(frozen=True)
class Context:
    """Made once for each process."""

    engine: Engine
    settings: NotifySettings
    catalog: Catalog
