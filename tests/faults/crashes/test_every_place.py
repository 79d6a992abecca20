"""A process dies at every place there is; started again, it ends as it would have without."""

from typing import Any

import pytest
from sqlalchemy import Engine, text

from services.triage.settings import TriageSettings
from services.triage.worker import register
from shared.runtime.celery_app import make_celery
from shared.settings import read
from tests.faults.crashes.end_state import TELLING, end_of
from tests.faults.crashes.scenario import ORPHAN, SAME_CALL, SAME_MAIL, Scenario, World
from tests.faults.crashes.scenarios import SCENARIOS
from tests.faults.crashes.triage_scenes import TIMERS
from tests.polling import eventually

Ends = dict[str, dict[str, Any]]
CASES = [
    pytest.param(scenario, place, id=f"{scenario.name}: {place}") for scenario in SCENARIOS for place in scenario.places
]
# Tables that say nothing of what became of notes, mails and files.
SILENT = {
    "form_tokens",
    "visit_keys",
    "visits",
    "rulesets",
    "ruleset_changes",
    "webhooks",
    "seen_to",
    "alembic_version",
}


@pytest.fixture(scope="module")
def ends() -> Ends:
    """How each scene ends without a death; found once."""
    return {}


@pytest.mark.parametrize(("scenario", "place"), CASES)
def test_nothing_is_lost_and_nothing_doubled(world: World, ends: Ends, scenario: Scenario, place: str) -> None:
    if scenario.name not in ends:
        ends[scenario.name] = undisturbed(scenario, world)
        world.clear()
    expected = bearable(ends[scenario.name], scenario.tolerated.get(place))
    arguments = scenario.scene(world)
    dying = {**world.environment, **scenario.settings, "VIDARE_CRASH_AT": place}
    assert world.forker.run(scenario.work, dying, *arguments).status == 137, f"it did not come to {place}"

    def recovered() -> bool:
        again(scenario, world, arguments)
        assert bearable(end_of(world), scenario.tolerated.get(place)) == expected
        return True

    eventually(recovered)


def undisturbed(scenario: Scenario, world: World) -> dict[str, Any]:
    arguments = scenario.scene(world)
    before = end_of(world)
    world.do(scenario.work, *arguments, **scenario.settings)
    assert scenario.traceless or end_of(world) != before, "nothing happened in this scene"
    again(scenario, world, arguments)
    end = end_of(world)
    assert (end["orphans"], end["missing"]) == (0, 0)
    return end


def again(scenario: Scenario, world: World, arguments: Any) -> None:
    """Time passes, and it is done again: a client that was told nothing asks again, a timer ticks again, a worker is started."""
    world.let_time_pass()
    world.do(scenario.work, *arguments, **scenario.settings)
    if scenario.afterwards is not None:
        scenario.afterwards(world)


def bearable(end: dict[str, Any], tolerated: str | None) -> dict[str, Any]:
    """The end without what a death at this place may have done to it."""
    if tolerated == ORPHAN:
        return {**end, "orphans": 0}
    if tolerated == SAME_MAIL:
        return {**end, "mails": [different for different, _ in end["mails"]]}
    if tolerated == SAME_CALL:
        return {**end, "calls": [different for different, _ in end["calls"]]}
    return end


def test_the_end_is_told_by_every_table_that_tells_something(engine: Engine) -> None:
    with engine.connect() as connection:
        tables = connection.execute(
            text(
                "select schemaname || '.' || tablename from pg_tables where schemaname in ('events', 'intake', 'triage', 'notify')"
            )
        ).scalars()
        assert {table for table in tables if table.partition(".")[2] not in SILENT} == set(TELLING), (
            "say in TELLING what a table tells, or in SILENT that it tells nothing"
        )


def test_every_timer_of_triage_has_a_scene(environment: dict[str, str]) -> None:
    settings = read(TriageSettings, environment)
    celery = make_celery(settings)
    register(celery, settings)
    ticks = {name for name in celery.conf.beat_schedule if name.startswith("triage.")}
    assert set(TIMERS) == ticks - {"triage.ring_replays"}, "which has scenes of its own"
