"""What intake works with: made once for each process, given to views, tasks and commands."""

from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Engine

from services.intake.help_funnel.recorder import FunnelRecorder
from services.intake.inbound_mail.mail_category import mail_category
from services.intake.settings import IntakeSettings
from services.intake.submissions.direct_connections import DirectConnections
from shared.attachments.decoders import Decoders
from shared.catalog import load_once
from shared.catalog.model import Catalog
from shared.limits.limiter import Limiter
from shared.settings import SettingsError
from shared.storage.database import make_engine
from shared.storage.object_store import ObjectStore

_MAIL_TICKETS = "VIDARE_MAIL_TICKETS"


@dataclass(frozen=True)
class Deps:
    """Connections, settings, catalogue and limits of one process.

    `mail_category`: the category of tickets made of mails to no ticket's address; None: no such tickets are made.
    """

    settings: IntakeSettings
    engine: Engine
    store: ObjectStore
    catalog: Catalog
    limiter: Limiter
    mail_category: str | None = None

    @cached_property
    def connections(self) -> DirectConnections:
        """For the statement that accepts submissions."""
        return DirectConnections(self.engine)

    @cached_property
    def decoders(self) -> Decoders:
        """Re-encode images."""
        return Decoders()

    @cached_property
    def funnel(self) -> FunnelRecorder:
        """Counts the steps that people take at help topics."""
        return FunnelRecorder(self.engine)


def bootstrap(settings: IntakeSettings, *, application: str, pool_size: int) -> Deps:
    """The dependencies of a process that names itself `application` to PostgreSQL; nothing is connected yet.

    Raises the catalogue's error, and SettingsError where a setting does not fit the catalogue.
    """
    catalog = load_once(settings.catalog)
    return Deps(
        settings=settings,
        engine=make_engine(settings, application=application, pool_size=pool_size),
        store=ObjectStore(settings),
        catalog=catalog,
        limiter=Limiter(settings.redis_url),
        mail_category=_mail_category(settings.mail_tickets, catalog),
    )


def _mail_category(setting: str, catalog: Catalog) -> str | None:
    """The path of the category of tickets made of mails; None while the setting is empty. Raises SettingsError."""
    path = setting.strip()
    if not path:
        return None
    try:
        return mail_category(catalog, path)
    except ValueError as error:
        raise SettingsError([f"{_MAIL_TICKETS}: {error}"]) from error
