"""A process dies at every crash point; after a restart the result is the same as without the crash."""

from typing import Any

import pytest
from sqlalchemy import Engine, text

from services.triage.settings import TriageSettings
from services.triage.worker import register
from shared.runtime.celery_app import make_celery
from shared.runtime.ticks import ticks_of
from shared.settings import read
from tests.faults.crashes.end_state import COMPARED, end_of
from tests.faults.crashes.scenario import ORPHAN, SAME_CALL, SAME_MAIL, Scenario, World
from tests.faults.crashes.scenarios import SCENARIOS
from tests.faults.crashes.triage_scenes import TICKS
from tests.polling import eventually

Ends = dict[str, dict[str, Any]]
CASES = [
    pytest.param(scenario, point, id=f"{scenario.name}: {point}") for scenario in SCENARIOS for point in scenario.points
]
# Tables that show nothing of what became of tickets, mails and files.
NOT_COMPARED = {
    "form_tokens",
    "visit_keys",
    "visits",
    "rulesets",
    "ruleset_changes",
    "webhooks",
    "seen_to",
    "away",
    "blocked_senders",
    "answers_kept_since",
    "alembic_version",
    "listening",
    "views",
    # What search rows were written of; the search rows themselves are compared.
    "search_days",
    "search_values",
    "derived_ids",
    # They stay for good, so a scene without a crash and one with it would differ: test_partitions.py repeats each of their steps.
    "log_partitions",
}


@pytest.fixture(scope="module")
def ends() -> Ends:
    """How each scene ends without a crash, computed once."""
    return {}


@pytest.mark.parametrize(("scenario", "point"), CASES)
def test_nothing_is_lost_and_nothing_doubled(world: World, ends: Ends, scenario: Scenario, point: str) -> None:
    if scenario.name not in ends:
        ends[scenario.name] = without_crash(scenario, world)
        world.clear()
    expected = comparable(ends[scenario.name], scenario.tolerated.get(point))
    arguments = scenario.scene(world)
    dying = {**world.environment, **scenario.settings, "VIDARE_CRASH_AT": point}
    assert world.forker.run(scenario.work, dying, *arguments).status == 137, f"{point} was not reached"

    def recovered() -> bool:
        again(scenario, world, arguments)
        assert comparable(end_of(world), scenario.tolerated.get(point)) == expected
        return True

    eventually(recovered)


def without_crash(scenario: Scenario, world: World) -> dict[str, Any]:
    arguments = scenario.scene(world)
    before = end_of(world)
    world.do(scenario.work, *arguments, **scenario.settings)
    assert scenario.traceless or end_of(world) != before, "nothing happened in this scene"
    again(scenario, world, arguments)
    end = end_of(world)
    assert (end["orphans"], end["missing"]) == (0, 0)
    return end


def again(scenario: Scenario, world: World, arguments: Any) -> None:
    """Let time pass and run the work again: a client without an answer retries, a tick comes again, a worker is restarted."""
    world.let_time_pass()
    world.do(scenario.work, *arguments, **scenario.settings)
    if scenario.afterwards is not None:
        scenario.afterwards(world)


def comparable(end: dict[str, Any], tolerated: str | None) -> dict[str, Any]:
    """The end without what a crash at this point may change."""
    if tolerated == ORPHAN:
        return {**end, "orphans": 0}
    if tolerated == SAME_MAIL:
        return {**end, "mails": [different for different, _ in end["mails"]]}
    if tolerated == SAME_CALL:
        return {**end, "calls": [different for different, _ in end["calls"]]}
    return end


def test_every_table_is_compared_or_exempt(engine: Engine) -> None:
    with engine.connect() as connection:
        tables = connection.execute(
            text(
                "select schemaname || '.' || tablename from pg_tables where schemaname in ('events', 'intake', 'triage', 'notify')"
                " and not (schemaname || '.' || tablename)::regclass in (select inhrelid from pg_inherits)"
            )
        ).scalars()
        assert {table for table in tables if table.partition(".")[2] not in NOT_COMPARED} == set(COMPARED), (
            "add the table to COMPARED with its columns, or to NOT_COMPARED"
        )


def test_every_tick_of_triage_has_a_scene(environment: dict[str, str]) -> None:
    settings = read(TriageSettings, environment)
    celery = make_celery(settings)
    register(celery, settings)
    ticks = {tick.name for tick in ticks_of(celery)}
    elsewhere = {
        # They have scenes of their own.
        "triage.ring_replays",
        "triage.send_bulk_chunks",
        "triage.keep_partitions",  # see log_partitions above
        # They have scenes of their own, in upload_scenes.py.
        "triage.clean_uploads",
        "triage.delete_uploads",
        "triage.sweep_uploads",
    }
    assert set(TICKS) == ticks - elsewhere
