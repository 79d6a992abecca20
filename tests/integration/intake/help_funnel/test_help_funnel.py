"""Steps at help topics are counted without cookies and reported once a minute, and no page waits for it."""

import dataclasses
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from local.servers.server import Server
from services.intake.app import create_app
from services.intake.help_funnel.count_steps import HelpStep, count_steps
from services.intake.help_funnel.report_counts import report_counts
from services.intake.settings import IntakeSettings
from tests.integration.intake.web.conftest import HTML, token_in
from tests.polling import eventually

# Not a path of other tests: an application that served them may write its last steps a second later.
PATH = "billing/receipt"


def take(engine: Engine, *steps: str, browser: str = "b", path: str = PATH) -> None:
    with engine.begin() as connection:
        count_steps(connection, [HelpStep(step, path, "192.0.2.1", browser) for step in steps])


def counts(engine: Engine) -> dict[tuple[str, str], int]:
    with engine.connect() as connection:
        rows = connection.execute(text("select path, step, sum(count) from intake.help_counts group by 1, 2"))
        return {(path, step): int(total) for path, step, total in rows}


def pass_time(engine: Engine, interval: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("update intake.visits set at = at - cast(:by as interval)"), {"by": interval})
        connection.execute(
            text("update intake.visit_keys set made_at = made_at - cast(:by as interval)"), {"by": interval}
        )


@pytest.fixture
def client(intake_settings: IntakeSettings, engine: Engine, redis_url: str) -> Iterator[FlaskClient]:
    with create_app(intake_settings).test_client() as client:
        client.environ_base["HTTP_ACCEPT"] = HTML["Accept"]
        yield client


def test_each_step_of_a_visit_is_counted_and_no_cookie_is_set(client: FlaskClient, engine: Engine) -> None:
    assert "Set-Cookie" not in client.get(f"/help/{PATH}").headers
    client.post(f"/help/{PATH}/solved")
    token = token_in(client.get(f"/help/{PATH}/note"))
    fields = {"email": "a@example.com", "message": "m", "form_token": token}
    assert client.post(f"/help/{PATH}/note", data=fields).status_code == 303
    expected = dict.fromkeys(("shown", "solved", "went_on", "submitted", "came_back"), 1)

    def at_path() -> dict[str, int]:
        return {step: total for (path, step), total in counts(engine).items() if path == PATH}

    eventually(lambda: at_path() == expected)


def test_who_said_solved_and_comes_again_within_a_day_came_back_once(engine: Engine) -> None:
    take(engine, "shown", "solved")
    pass_time(engine, "23 hours")
    take(engine, "shown", "went_on")
    assert counts(engine)[PATH, "came_back"] == 1


@pytest.mark.parametrize(
    ("first", "later", "second"),
    [
        (("shown",), "5 minutes", ("went_on",)),  # still reading
        (("shown", "solved"), "25 hours", ("shown",)),  # too long ago
        (("shown", "went_on", "submitted"), "2 hours", ("shown",)),  # wrote then: nobody came back unserved
    ],
)
def test_what_is_no_coming_back(engine: Engine, first: tuple[str, ...], later: str, second: tuple[str, ...]) -> None:
    take(engine, *first)
    pass_time(engine, later)
    take(engine, *second)
    assert (PATH, "came_back") not in counts(engine)


def test_who_left_without_a_word_and_comes_again_came_back(engine: Engine) -> None:
    take(engine, "shown")
    pass_time(engine, "31 minutes")
    take(engine, "shown")
    assert counts(engine)[PATH, "came_back"] == 1


def test_another_browser_and_another_path_are_others(engine: Engine) -> None:
    take(engine, "shown", "solved")
    take(engine, "shown", browser="another")
    take(engine, "shown", path="billing/cost")
    assert not {(PATH, "came_back"), ("billing/cost", "came_back")} & counts(engine).keys()


def test_a_visit_is_known_again_after_midnight_by_the_key_of_yesterday(engine: Engine) -> None:
    take(engine, "shown", "solved")
    with engine.begin() as connection:
        connection.execute(text("update intake.visit_keys set day = day - 1"))
    take(engine, "shown")
    assert counts(engine)[PATH, "came_back"] == 1
    with engine.connect() as connection:
        assert connection.execute(text("select count(*) from intake.visit_keys")).scalar_one() == 2


def test_neither_network_nor_browser_is_kept_and_keys_are_forgotten_after_48_hours(engine: Engine) -> None:
    take(engine, "shown", browser="Mozilla")
    with engine.connect() as connection:
        kept = str(connection.execute(text("select row_to_json(v) from intake.visits v")).all())
    assert "192.0.2.1" not in kept
    assert "Mozilla" not in kept
    pass_time(engine, "49 hours")
    with engine.begin() as connection:
        report_counts(connection)
        left = "select (select count(*) from intake.visits) + (select count(*) from intake.visit_keys)"
        assert connection.execute(text(left)).scalar_one() == 0


def test_what_was_counted_is_told_once_as_one_event(engine: Engine) -> None:
    take(engine, "shown", "shown", "went_on")
    take(engine, "shown")
    with engine.begin() as connection:
        assert report_counts(connection) >= 2
        assert report_counts(connection) == 0
        [payload] = connection.execute(
            text("select payload from events.log where type = 'HelpFunnelCounted'")
        ).scalars()
    reported = {(one["path"], one["step"]): one["count"] for one in payload["counts"] if one["path"] == PATH}
    assert reported == {(PATH, "shown"): 3, (PATH, "went_on"): 1}


def test_a_database_that_is_away_costs_a_count_and_no_page(
    intake_settings: IntakeSettings, own_postgres: Server, redis_url: str
) -> None:
    client = create_app(dataclasses.replace(intake_settings, database_url=own_postgres.url)).test_client()
    own_postgres.kill()
    assert client.get(f"/help/{PATH}", headers=HTML).status_code == 200
    assert client.post(f"/help/{PATH}/solved", headers=HTML).status_code == 303
