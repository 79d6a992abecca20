"""The engine that questions are asked with."""

from sqlalchemy import Engine

from shared.db import make_engine
from shared.settings import PlatformSettings


def doctor_engine(settings: PlatformSettings) -> Engine:
    """An engine of one connection, which names itself the doctor's."""
    return make_engine(settings, application="vidare-doctor", pool_size=1)
