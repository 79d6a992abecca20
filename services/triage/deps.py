"""The dependencies of triage: made once for each process, given to views, tasks and commands."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Engine

from services.triage.actions.action import Action
from services.triage.actions.registry import ACTIONS
from services.triage.rulesets.stored import StoredRulesets
from services.triage.search.keys import Known
from services.triage.settings import TriageSettings
from shared.attachments.decoders import Decoders
from shared.catalog import load_once
from shared.catalog.model import Catalog
from shared.storage.database import make_engine
from shared.storage.object_store import ObjectStore


@dataclass(frozen=True)
class Deps:
    """Connections, settings, rulesets and actions of one process."""

    settings: TriageSettings
    engine: Engine
    store: ObjectStore
    rulesets: StoredRulesets
    actions: Sequence[Action]

    @cached_property
    def decoders(self) -> Decoders:
        """Re-encode images."""
        return Decoders()

    @property
    def known(self) -> Known:
        """What a search may name."""
        return Known(self.settings.teams, self.catalog.categories)

    @property
    def catalog(self) -> Catalog:
        return self.rulesets.catalog


def bootstrap(
    settings: TriageSettings, *, application: str, pool_size: int, actions: Sequence[Action] = ACTIONS
) -> Deps:
    """The dependencies of a process that names itself `application` to PostgreSQL; nothing is connected yet.

    Raises the catalogue's error.
    """
    return Deps(
        settings=settings,
        engine=make_engine(settings, application=application, pool_size=pool_size),
        store=ObjectStore(settings),
        rulesets=StoredRulesets(load_once(settings.catalog), settings.teams),
        actions=tuple(actions),
    )
