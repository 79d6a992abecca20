"""`vidare doctor` on real servers: everything ok, and each server down in turn."""

import re
from collections.abc import Mapping

import pytest
from click.testing import CliRunner, Result
from redis import Redis
from sqlalchemy import Engine, text

from shared.auth.principal import ALL_TEAMS
from shared.auth.users import make_user
from shared.doctor.cli import doctor
from shared.events.contracts import ticket_withdrawn
from shared.events.log import record

NOBODY = "127.0.0.1:1"  # tcpmux: nothing listens there


def _ask(environment: Mapping[str, str], **changed: str) -> Result:
    return CliRunner(env={**environment, **changed}).invoke(doctor)


def _line(result: Result, about: str) -> str:
    return next(line for line in result.output.splitlines() if line[10:].startswith(about))


@pytest.fixture
def admin(engine: Engine) -> None:
    with engine.begin() as connection:
        make_user(connection, "root@example.org", "Root", "admin", [ALL_TEAMS])


def test_a_system_that_works_is_ok(environment: dict[str, str], redis_url: str, admin: None) -> None:
    result = _ask(environment)
    assert result.exit_code == 0, result.output
    assert {line[:8].strip() for line in result.output.splitlines()} == {"ok"}


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
    assert _line(result, about).startswith("critical")
    assert _line(result, "libmagic").startswith("ok")
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
    assert line.startswith("critical")
    assert "notify" in line


def test_a_system_without_people_says_how_to_make_the_first_admin(
    environment: dict[str, str], clean_database: None, redis_url: str
) -> None:
    result = _ask(environment)
    assert _line(result, "people").startswith("critical")
    assert "vidare users add" in result.output


def test_a_webhook_that_has_failed_for_long_is_told_of(
    environment: dict[str, str], engine: Engine, redis_url: str
) -> None:
    assert _line(_ask(environment), "webhooks").startswith("ok")
    with engine.begin() as connection:
        connection.execute(
            text("""
                with hook as (
                    insert into triage.webhooks (team, url, secret, created_by) values ('ads', 'https://x.example', 's', 'x') returning id)
                insert into triage.webhook_calls (webhook, team, ticket, number, event, event_id, body, failing_since)
                select id, 'ads', 'T-AAAA-AAAA', 1, 'ticket.routed', gen_random_uuid(), '{}', clock_timestamp() - interval '3 hours'
                from hook""")
        )
    line = _line(_ask(environment), "webhooks")
    assert line.startswith("warning")
    assert "one of ads has failed for 3.0 h, 1 calls wait" in line


def test_a_queue_that_nobody_takes_from_is_named(
    environment: dict[str, str], clean_database: None, redis_url: str
) -> None:
    with Redis.from_url(redis_url) as client:
        client.lpush("triage", "a message")
    line = _line(_ask(environment), "queues")
    assert line.startswith("warning")
    assert "no worker consumed triage" in line


def test_a_delivery_that_nobody_handles_is_told_of_though_it_was_sent_and_is_not_due(
    environment: dict[str, str], engine: Engine, redis_url: str
) -> None:
    with engine.begin() as connection:
        record(connection, [ticket_withdrawn("T-AAAA-AAAA", "c")])
        connection.execute(text("alter table events.log disable trigger user"))
        connection.execute(text("update events.log set occurred_at = clock_timestamp() - interval '10 minutes'"))
        connection.execute(text("alter table events.log enable trigger user"))
        connection.execute(
            text("update events.deliveries set sends = 5, due_at = clock_timestamp() + interval '1 minute'")
        )
    line = _line(_ask(environment), "deliveries")
    assert line.startswith("critical")
    assert re.search(r"triage's, for 6\d\d s: sent, and not handled", line)


def test_a_parked_event_is_named_by_its_queue(environment: dict[str, str], engine: Engine, redis_url: str) -> None:
    with engine.begin() as connection:
        record(connection, [ticket_withdrawn("T-AAAA-AAAA", "c")])
        connection.execute(text("update events.deliveries set parked_at = clock_timestamp()"))
    line = _line(_ask(environment), "parked events")
    assert line.startswith("warning")
    assert "1 of triage" in line


def test_an_open_circuit_breaker_shows_the_servers_reply(
    environment: dict[str, str], engine: Engine, redis_url: str
) -> None:
    with engine.begin() as connection:
        connection.execute(text("update notify.gate set state = 'misconfigured', because = '535 who are you?'"))
    line = _line(_ask(environment), "e-mails")
    assert line.startswith("critical")
    assert "535 who are you?" in line
