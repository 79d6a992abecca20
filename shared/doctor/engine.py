"""The engine of the doctor's questions."""

from sqlalchemy import Engine

from shared.settings import PlatformSettings
from shared.storage.database import make_engine


def doctor_engine(settings: PlatformSettings) -> Engine:
    """An engine of one connection, named `vidare-doctor` in PostgreSQL."""
    return make_engine(settings, application="vidare-doctor", pool_size=1)
