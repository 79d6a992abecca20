"""The accounts of a local stack: made once, kept over a restart, made anew for a new database."""

from pathlib import Path

from sqlalchemy import Engine, text

from local.people import ensure_people
from shared.auth.tokens import find_principal

TEAMS = ("account", "ads")


def test_an_admin_and_one_agent_a_team_can_use_their_tokens(engine: Engine, tmp_path: Path) -> None:
    people = ensure_people(tmp_path / "people.json", engine, TEAMS, with_agents=True)
    with engine.begin() as connection:
        admin = find_principal(connection, people.admin.token)
        agent = find_principal(connection, people.agents["ads"].token)
    assert admin is not None
    assert admin.role == "admin"
    assert agent is not None
    assert (agent.role, agent.teams) == ("agent", frozenset({"ads"}))
    assert set(people.agents) == set(TEAMS)
    assert (tmp_path / "people.json").stat().st_mode & 0o777 == 0o600


def test_a_restart_keeps_passwords_and_tokens(engine: Engine, tmp_path: Path) -> None:
    first = ensure_people(tmp_path / "people.json", engine, TEAMS, with_agents=True)
    assert ensure_people(tmp_path / "people.json", engine, TEAMS, with_agents=True) == first


def test_a_new_team_gets_an_agent_and_the_others_keep_theirs(engine: Engine, tmp_path: Path) -> None:
    first = ensure_people(tmp_path / "people.json", engine, TEAMS, with_agents=True)
    second = ensure_people(tmp_path / "people.json", engine, (*TEAMS, "billing"), with_agents=True)
    assert set(second.agents) == {*TEAMS, "billing"}
    assert second.agents["ads"] == first.agents["ads"]


def test_forgotten_passwords_are_set_anew(engine: Engine, tmp_path: Path) -> None:
    ensure_people(tmp_path / "people.json", engine, TEAMS, with_agents=True)
    (tmp_path / "people.json").unlink()
    people = ensure_people(tmp_path / "people.json", engine, TEAMS, with_agents=True)
    with engine.begin() as connection:
        assert find_principal(connection, people.admin.token) is not None


def test_accounts_remembered_of_another_database_are_made_anew(engine: Engine, tmp_path: Path) -> None:
    first = ensure_people(tmp_path / "people.json", engine, TEAMS, with_agents=True)
    kept = (tmp_path / "people.json").read_text()
    (tmp_path / "people.json").write_text(kept.replace('"database": "', '"database": "another'))
    assert ensure_people(tmp_path / "people.json", engine, TEAMS, with_agents=True).admin != first.admin


def test_no_agent_is_made_in_a_database_of_ones_own(engine: Engine, tmp_path: Path) -> None:
    people = ensure_people(tmp_path / "people.json", engine, TEAMS, with_agents=False)
    assert people.agents == {}
    with engine.begin() as connection:
        assert connection.execute(text("select count(*) from auth.users where role = 'agent'")).scalar_one() == 0
