"""What activating a ruleset holds up."""

from functools import cached_property

from sqlalchemy import Engine, text

from services.triage.rules.document.seed import seed_document
from services.triage.rules.document.vocabulary import vocabulary_of
from services.triage.rulesets.activate import activate_ruleset
from services.triage.rulesets.author import Author
from services.triage.rulesets.save import LOCK, save_ruleset
from shared.catalog import load
from shared.conditions import Vocabulary
from shared.settings import DEFAULT_TEAMS

FREE = text(str(LOCK).replace("pg_advisory", "pg_try_advisory"))


def test_a_ruleset_is_read_before_others_have_to_wait(engine: Engine) -> None:
    """Reading ten thousand rules takes longer than a busy system may wait for a lock."""
    free: list[bool] = []

    class LockChecking(Vocabulary):
        @cached_property
        def segments(self) -> frozenset[str]:
            with engine.begin() as other:
                free.append(other.execute(FREE).scalar_one())
            return names.segments

    names = vocabulary_of(load(), DEFAULT_TEAMS)
    checking = LockChecking(names.categories, names.details, names.evidence, names.teams)
    with engine.begin() as connection:
        save_ruleset(connection, seed_document(), "again", Author("Ada"), names)
    with engine.begin() as connection:
        assert activate_ruleset(connection, 2, "now", Author("Ada"), checking).state == "active"
        with engine.begin() as other:
            assert other.execute(FREE).scalar_one() is False
    assert free
    assert all(free)
