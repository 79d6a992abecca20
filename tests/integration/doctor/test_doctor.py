"""`vidare doctor` on real servers: everything well, and each server away by turns."""

from collections.abc import Mapping

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text

from shared.auth.principal import ALL_TEAMS
from shared.auth.users import make_user
from shared.doctor.cli import doctor

NOBODY = "127.0.0.1:1"  # tcpmux: nothing listens there


def _ask(environment: Mapping[str, str], **changed: str) -> Result:
    return CliRunner(env={**environment, **changed}).invoke(doctor)


def _line(result: Result, about: str) -> str:
    return next(line for line in result.output.splitlines() if line[7:].startswith(about))


@pytest.fixture
def admin(engine: Engine) -> None:
    with engine.begin() as connection:
        make_user(connection, "root@example.org", "Root", "admin", [ALL_TEAMS])


def test_a_system_that_works_is_well(environment: dict[str, str], redis_url: str, admin: None) -> None:
    result = _ask(environment)
    assert result.exit_code == 0, result.output
    assert {line[:5].strip() for line in result.output.splitlines()} == {"well"}


@pytest.mark.parametrize(
    ("about", "variable", "address"),
    [
        ("PostgreSQL", "VIDARE_DATABASE_URL", f"postgresql://somebody:secret@{NOBODY}/vidare"),
        ("Redis", "VIDARE_REDIS_URL", f"redis://:secret@{NOBODY}/0"),
        ("object store", "VIDARE_S3_URL", f"http://{NOBODY}"),
        ("SMTP server", "VIDARE_SMTP_URL", f"smtp://{NOBODY}"),
    ],
)
def test_a_server_that_is_away_is_named_and_the_others_are_still_asked(
    environment: dict[str, str], clean_database: None, redis_url: str, about: str, variable: str, address: str
) -> None:
    result = _ask(environment, **{variable: address})
    assert result.exit_code == 1
    assert _line(result, about).startswith("ill")
    assert _line(result, "libmagic").startswith("well")
    assert "secret" not in result.output


def test_a_schema_that_is_behind_is_named(environment: dict[str, str], engine: Engine, redis_url: str) -> None:
    with engine.begin() as connection:
        newest = connection.execute(text("select version_num from notify.alembic_version")).scalar_one()
        connection.execute(text("update notify.alembic_version set version_num = 'older'"))
    try:
        line = _line(_ask(environment), "schemas")
    finally:
        with engine.begin() as connection:
            connection.execute(text("update notify.alembic_version set version_num = :newest"), {"newest": newest})
    assert line.startswith("ill")
    assert "notify" in line


def test_a_system_without_people_says_how_to_make_the_first_admin(
    environment: dict[str, str], clean_database: None, redis_url: str
) -> None:
    result = _ask(environment)
    assert _line(result, "people").startswith("ill")
    assert "vidare users add" in result.output


def test_a_shut_gate_tells_the_servers_words(environment: dict[str, str], engine: Engine, redis_url: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("update notify.gate set state = 'misconfigured', because = '535 who are you?'"))
    line = _line(_ask(environment), "e-mails")
    assert line.startswith("ill")
    assert "535 who are you?" in line
