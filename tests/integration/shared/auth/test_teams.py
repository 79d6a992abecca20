"""The table of teams."""

from collections.abc import Sequence

import pytest
from sqlalchemy import Engine, text

from shared.auth.teams import active_teams, add_team, ensure_teams, known_teams
from shared.errors import Conflict, Unprocessable
from shared.settings import PlatformSettings
from shared.storage.migrate import fill_teams


def rows(engine: Engine) -> Sequence[tuple[str, str, bool]]:
    with engine.connect() as connection:
        found = connection.execute(text("select name, title, active from auth.teams order by name"))
        return [(row.name, row.title, row.active) for row in found]


def test_the_settings_teams_are_added_once(engine: Engine, settings: PlatformSettings) -> None:
    with engine.begin() as connection:
        ensure_teams(connection, ["ads", "2nd-line"])
        connection.execute(text("update auth.teams set title = 'Advertising', active = false where name = 'ads'"))
        ensure_teams(connection, ["ads", "2nd-line", "billing"])
    assert rows(engine) == [("2nd-line", "2nd line", True), ("ads", "Advertising", False), ("billing", "Billing", True)]
    fill_teams(settings)
    fill_teams(settings)
    assert {name for name, _, _ in rows(engine)} == {*settings.teams, "2nd-line"}


def test_a_team_is_added_at_the_end(engine: Engine) -> None:
    for name in ("z-team", "a-team"):
        with engine.begin() as connection:
            add_team(connection, name, " Titled ")
    with engine.connect() as connection:
        assert active_teams(connection) == ("z-team", "a-team")
    assert {title for _, title, _ in rows(engine)} == {"Titled"}
    assert known_teams(engine, ["ads", "a-team"]) == ("ads", "a-team", "z-team")


@pytest.mark.parametrize("name", ["", "2nd", "-a", "Ads", "a b", "a.b", "a\n", "å", "a" * 32])
def test_a_wrong_name_is_refused(engine: Engine, name: str) -> None:
    with engine.begin() as connection, pytest.raises(Unprocessable) as refused:
        add_team(connection, name, "Title")
    assert set(refused.value.errors) == {"name"}
    assert rows(engine) == []


@pytest.mark.parametrize("title", ["", "  ", "a" * 101, "two\nlines", "a\0"])
def test_a_wrong_title_is_refused(engine: Engine, title: str) -> None:
    with engine.begin() as connection, pytest.raises(Unprocessable) as refused:
        add_team(connection, "green", title)
    assert set(refused.value.errors) == {"title"}


def test_a_name_of_full_length_is_added_once(engine: Engine) -> None:
    with engine.begin() as connection:
        add_team(connection, "a" * 31, "Title")
        with pytest.raises(Conflict):
            add_team(connection, "a" * 31, "Another")
    assert rows(engine) == [("a" * 31, "Title", True)]


def test_an_inactive_team_is_not_known_unless_it_is_in_the_settings(engine: Engine) -> None:
    with engine.begin() as connection:
        ensure_teams(connection, ["ads", "green"])
        connection.execute(text("update auth.teams set active = false"))
    assert known_teams(engine, ["ads"]) == ("ads",)


def test_a_database_without_the_table_has_the_settings_teams(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("alter table auth.teams rename to no_teams"))
    try:
        assert known_teams(engine, ["ads"]) == ("ads",)
    finally:
        with engine.begin() as connection:
            connection.execute(text("alter table auth.no_teams rename to teams"))
