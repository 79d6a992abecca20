"""The engine that questions are asked with."""

from sqlalchemy import Engine

from shared.settings import PlatformSettings
from shared.storage.database import make_engine


def doctor_engine(settings: PlatformSettings) -> Engine:
    """An engine of one connection, which names itself the doctor's."""
    return make_engine(settings, application="vidare-doctor", pool_size=1)
