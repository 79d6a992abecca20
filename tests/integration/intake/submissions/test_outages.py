"""What is away stops only what needs it, is answered with 503 or worked around, and leaves nothing half-accepted."""

import dataclasses
import io
import threading

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, text

from local.servers.server import Server
from services.intake.app import create_app
from services.intake.settings import IntakeSettings
from services.intake.submissions.direct_connections import DirectConnections
from shared.errors import TransientError
from shared.storage.database import make_engine
from shared.storage.migrate import migrate
from tests.integration.intake.conftest import submission_fields
from tests.polling import eventually
from tests.samples import files


def client_of(settings: IntakeSettings, **changed: str) -> FlaskClient:
    return create_app(dataclasses.replace(settings, **changed)).test_client()  # type: ignore[arg-type]


def tickets(engine: Engine) -> int:
    with engine.connect() as connection:
        found: int = connection.execute(text("select count(*) from intake.submissions")).scalar_one()
        return found


def with_file() -> dict[str, object]:
    return {**submission_fields(), "attachment": (io.BytesIO(files.png()), "a.png")}


def test_without_the_store_a_submission_with_a_file_is_refused_and_one_without_is_not(
    engine: Engine, intake_settings: IntakeSettings, own_object_store: Server, redis_url: str
) -> None:
    client = client_of(intake_settings, s3_url=own_object_store.url)
    own_object_store.kill()
    refused = client.post("/v1/tickets", data=with_file())
    assert refused.status_code == 503
    assert refused.content_type == "application/problem+json"
    assert int(refused.headers["Retry-After"]) > 0
    assert tickets(engine) == 0
    assert client.post("/v1/tickets", json=submission_fields()).status_code == 201
    own_object_store.start()
    assert client.post("/v1/tickets", data=with_file()).status_code == 201


def test_a_key_whose_file_could_not_be_kept_stays_free(
    engine: Engine, intake_settings: IntakeSettings, own_object_store: Server, redis_url: str
) -> None:
    client = client_of(intake_settings, s3_url=own_object_store.url)
    key = {"Idempotency-Key": "k"}
    own_object_store.kill()
    assert client.post("/v1/tickets", data=with_file(), headers=key).status_code == 503
    own_object_store.start()
    answer = client.post("/v1/tickets", data=with_file(), headers=key)
    assert answer.status_code == 201
    assert "Idempotency-Replayed" not in answer.headers


def test_without_redis_submissions_are_accepted_and_still_limited(
    engine: Engine, intake_settings: IntakeSettings, own_redis: Server
) -> None:
    client = client_of(intake_settings, redis_url=own_redis.url, limit_submissions="3/minute")
    own_redis.kill()
    statuses = [
        client.post("/v1/tickets", json=submission_fields(message=str(number))).status_code for number in range(5)
    ]
    assert statuses == [201, 201, 201, 429, 429]


@pytest.fixture
def settings_of_own(intake_settings: IntakeSettings, own_postgres: Server) -> IntakeSettings:
    address = own_postgres.url.replace("postgresql://", "postgresql+psycopg://")
    migrate(address)
    return dataclasses.replace(intake_settings, database_url=address)


def test_a_restart_of_postgres_costs_a_503_at_most_and_then_nothing(
    settings_of_own: IntakeSettings, own_postgres: Server, redis_url: str
) -> None:
    client = client_of(settings_of_own)
    assert client.post("/v1/tickets", json=submission_fields(message="before")).status_code == 201
    own_postgres.kill()
    during = client.post("/v1/tickets", json=submission_fields(message="during"))
    assert during.status_code == 503
    assert during.headers["Retry-After"]
    assert "postgres" not in during.text.lower()
    assert client.get("/readyz").status_code == 503
    assert client.get("/livez").status_code == 200
    page = client.get("/t/T-0000-0000?key=x", headers={"Accept": "text/html"})
    assert page.status_code == 503
    assert page.mimetype == "text/html"
    own_postgres.start()
    after = client.post("/v1/tickets", json=submission_fields(message="during"))
    assert after.status_code == 201
    assert "Idempotency-Replayed" not in after.headers


def test_whoever_posts_while_postgres_dies_is_told_503_or_has_a_ticket(
    settings_of_own: IntakeSettings, own_postgres: Server, redis_url: str
) -> None:
    """A backend outlives its server's death for an instant: a submission may still be accepted then, and is kept."""
    client = client_of(settings_of_own, limit_submissions="", limit_notes="")
    answers: list[tuple[int, str]] = []
    done = threading.Event()

    def post() -> None:
        while not done.is_set():
            answer = client.post("/v1/tickets", json=submission_fields(message=str(len(answers))))
            answers.append((answer.status_code, (answer.json or {}).get("reference", "")))

    poster = threading.Thread(target=post)
    poster.start()
    eventually(lambda: len(answers) > 3)
    own_postgres.kill()
    eventually(lambda: answers[-1][0] == 503)
    own_postgres.start()
    eventually(lambda: answers[-1][0] == 201)
    done.set()
    poster.join(60)
    assert {status for status, _ in answers} == {201, 503}
    with psycopg.connect(own_postgres.url) as connection:
        kept = {reference for (reference,) in connection.execute("select reference from intake.submissions")}
    assert {reference for _, reference in answers if reference} <= kept


def test_connections_cut_from_under_us_are_replaced_without_a_word(
    engine: Engine, settings_of_own: IntakeSettings
) -> None:
    own = make_engine(settings_of_own, application="cut-me", pool_size=4)
    direct = DirectConnections(own)
    assert direct.row("select 7", {}) == (7,)
    admin = create_engine(settings_of_own.database_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(
            text("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cut-me'")
        )
    assert direct.row("select 8", {}) == (8,)
    with pytest.raises(TransientError):
        direct.row("select pg_terminate_backend(pg_backend_pid())", {})
    own.dispose()
    admin.dispose()


def test_twenty_threads_through_the_application_make_one_ticket(
    engine: Engine, intake_settings: IntakeSettings, redis_url: str
) -> None:
    app = create_app(intake_settings)
    barrier = threading.Barrier(20)
    answers: list[tuple[int, str]] = []

    def post() -> None:
        client = app.test_client()
        barrier.wait()
        answer = client.post("/v1/tickets", json=submission_fields())
        answers.append((answer.status_code, answer.json["reference"] if answer.json else ""))

    threads = [threading.Thread(target=post) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == 20
    assert len(set(answers)) == 1
    assert answers[0][0] == 201
    assert tickets(engine) == 1
