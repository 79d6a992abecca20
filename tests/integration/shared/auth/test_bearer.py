"""Tokens and sessions at the edge of a small app of its own."""

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from shared.auth.service_token import service_token
from shared.auth.sessions import start_session
from shared.auth.tokens import list_tokens, make_token, revoke_token
from shared.auth.users import disable, make_user
from shared.http.arguments import Blueprint
from shared.http.authorisation import ON_BEHALF_OF, authorisation_of_routes, authorised, guard, principal, public
from shared.http.problems import make_api

SECRET = "a-secret-of-these-tests"


def small_app(engine: Engine) -> Flask:
    app = Flask(__name__)
    guard(app, engine, SECRET, session_cookie="sitting")
    api = make_api(app, "A small app")
    blueprint = Blueprint("things", __name__)

    @blueprint.route("/read")
    @authorised("tickets.read")
    @blueprint.response(200)
    def read() -> dict[str, object]:
        return {
            "name": principal().name,
            "ads": principal().may_write("ads"),
            "billing": principal().may_read("billing"),
        }

    @blueprint.route("/write", methods=["POST"])
    @authorised("tickets.write")
    @blueprint.response(200)
    def write() -> dict[str, object]:
        return {}

    @blueprint.route("/page")
    @authorised("tickets.read", by="session")
    def page() -> str:
        return principal().email

    @blueprint.route("/open")
    @public
    def open_to_all() -> str:
        return "hello"

    @blueprint.route("/forgotten")
    def forgotten() -> str:
        return "oh"

    api.register_blueprint(blueprint)
    return app


@pytest.fixture
def app(engine: Engine) -> Flask:
    return small_app(engine)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def ads_agent(engine: Engine) -> UUID:
    with engine.begin() as connection:
        return make_user(connection, "anna@example.org", "Anna", "agent", ["ads"], "correct horse battery")


@pytest.fixture
def token(engine: Engine, ads_agent: UUID) -> str:
    with engine.begin() as connection:
        return make_token(connection, ads_agent, "a test")


def with_token(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_token_opens_the_door_as_its_owner(client: FlaskClient, token: str) -> None:
    answer = client.get("/read", headers=with_token(token))
    assert answer.status_code == 200
    assert answer.json == {"name": "Anna", "ads": True, "billing": False}


def test_the_scheme_is_read_in_any_case(client: FlaskClient, token: str) -> None:
    assert client.get("/read", headers={"Authorization": f"bearer {token}"}).status_code == 200


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer vid_wrong", "Basic YTpi", "Bearer vid_ü"])
def test_anything_else_is_a_401_problem(client: FlaskClient, header: str) -> None:
    answer = client.get("/read", headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_only_the_hash_of_a_token_is_kept(engine: Engine, token: str) -> None:
    with engine.begin() as connection:
        kept = str(connection.execute(text("select * from auth.tokens")).all())
    assert token not in kept
    assert token.removeprefix("vid_") not in kept


def test_a_revoked_token_is_refused_at_once(client: FlaskClient, engine: Engine, token: str) -> None:
    with engine.begin() as connection:
        revoke_token(connection, list_tokens(connection)[0].id)
    assert client.get("/read", headers=with_token(token)).status_code == 401


def test_a_disabled_owners_token_and_session_are_refused_at_once(
    client: FlaskClient, engine: Engine, ads_agent: UUID, token: str
) -> None:
    with engine.begin() as connection:
        client.set_cookie("sitting", start_session(connection, ads_agent))
    assert client.get("/page").status_code == 200
    with engine.begin() as connection:
        disable(connection, ads_agent)
    assert client.get("/read", headers=with_token(token)).status_code == 401
    assert client.get("/page").status_code == 401


def test_a_token_past_its_day_is_refused(client: FlaskClient, engine: Engine, token: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("update auth.tokens set expires_at = clock_timestamp()"))
    assert client.get("/read", headers=with_token(token)).status_code == 401


def test_a_reading_token_does_not_write(client: FlaskClient, engine: Engine, ads_agent: UUID) -> None:
    with engine.begin() as connection:
        reading = make_token(connection, ads_agent, "reads", ["read"])
    assert client.get("/read", headers=with_token(reading)).json == {"name": "Anna", "ads": False, "billing": False}
    assert client.post("/write", headers=with_token(reading)).status_code == 403


def test_a_token_bound_to_a_team_binds_an_admin_too(client: FlaskClient, engine: Engine) -> None:
    with engine.begin() as connection:
        admin = make_user(connection, "root@example.org", "Root", "admin")
        bound = make_token(connection, admin, "ads only", ["team:ads"])
    assert client.get("/read", headers=with_token(bound)).json == {"name": "Root", "ads": True, "billing": False}


def test_our_own_services_are_known_by_the_secret(client: FlaskClient) -> None:
    answer = client.get("/read", headers=with_token(service_token(SECRET)))
    assert answer.json == {"name": "Vidare", "ads": True, "billing": True}
    assert client.get("/read", headers=with_token(service_token("another-secret-altogether"))).status_code == 401


def test_a_service_may_no_more_than_the_person_it_asks_for(
    client: FlaskClient, engine: Engine, ads_agent: UUID
) -> None:
    headers = {**with_token(service_token(SECRET)), ON_BEHALF_OF: str(ads_agent)}
    assert client.get("/read", headers=headers).json == {"name": "Anna", "ads": True, "billing": False}
    assert client.get("/read", headers={**headers, ON_BEHALF_OF: "anna"}).status_code == 401
    with engine.begin() as connection:
        disable(connection, ads_agent)
    assert client.get("/read", headers=headers).status_code == 401


def test_nobody_but_a_service_asks_for_another(client: FlaskClient, engine: Engine, token: str) -> None:
    with engine.begin() as connection:
        admin = make_user(connection, "root@example.org", "Root", "admin")
    answer = client.get("/read", headers={**with_token(token), ON_BEHALF_OF: str(admin)})
    assert answer.json == {"name": "Anna", "ads": True, "billing": False}


def test_a_session_is_no_token_and_a_token_no_session(
    client: FlaskClient, engine: Engine, ads_agent: UUID, token: str
) -> None:
    with engine.begin() as connection:
        session = start_session(connection, ads_agent)
    client.set_cookie("sitting", session)
    assert client.get("/page").text == "anna@example.org"
    assert client.get("/read").status_code == 401
    assert client.get("/read", headers=with_token(session)).status_code == 401
    client.set_cookie("sitting", token)
    assert client.get("/page", headers=with_token(token)).status_code == 401


def test_the_last_use_of_a_token_is_noted(client: FlaskClient, engine: Engine, token: str) -> None:
    client.get("/read", headers=with_token(token))
    with engine.begin() as connection:
        assert list_tokens(connection)[0].last_used_at is not None


def test_every_route_tells_who_may_call_it(app: Flask) -> None:
    marks = authorisation_of_routes(app)
    assert marks["GET /read"] == "token:tickets.read"
    assert marks["POST /write"] == "token:tickets.write"
    assert marks["GET /page"] == "session:tickets.read"
    assert marks["GET /open"] == "public"
    assert marks["GET /forgotten"] is None


def test_the_document_names_the_scheme_and_the_errors(client: FlaskClient) -> None:
    document = client.get("/openapi.json").json
    assert document is not None
    operation = document["paths"]["/read"]["get"]
    assert operation["security"] == [{"bearer": []}]
    assert {"200", "401", "403"} <= set(operation["responses"])
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
