"""An action that is only declared is in the OpenAPI document, in the API, at the console, on the timeline and on the sheet of shortcuts."""

import pytest
from flask import Flask
from jinja2 import DictLoader
from marshmallow import fields, validate
from sqlalchemy import Connection, Engine

from services.triage.actions.access import Actor, lock_for_action
from services.triage.actions.action import Action, ActionBody, Choice, message_field
from services.triage.actions.registry import ACTIONS
from services.triage.app import create_app
from services.triage.settings import TriageSettings
from services.triage.tickets.timeline import Line, append
from shared.http.authorisation import authorisation_of_routes
from shared.settings import read
from tests.integration.triage.conftest import People, Triage
from tests.integration.triage.console.conftest import Visitor, make_signed_in

COLOURS = ("red", "blue")


def flag(connection: Connection, reference: str, actor: Actor, colour: str, message: str) -> None:
    """Set a flag."""
    lock_for_action(connection, reference, actor)
    append(connection, reference, Line("flagged", by=actor.principal.name, message=message, facts={"to": colour}))


class FlagBody(ActionBody):
    """A flag."""

    colour = fields.String(load_default="red", validate=validate.OneOf(COLOURS))
    message = message_field(required=True)


FLAG = Action(
    name="flag",
    path="flag",
    title="Set a flag",
    key="f",
    summary="Flag the ticket",
    body=FlagBody,
    run=lambda call: flag(*call.target, **call.values),
    kind="flagged",
    words=lambda facts, _: f"set a {facts['to']} flag",
    done="The flag is set.",
    offered_in=("open", "claimed"),
    choices={"colour": lambda *_: [Choice(colour, colour) for colour in COLOURS]},
    answers_with="entry",
    drops_repeats=True,
)
TEMPLATE = """
{% from "ticket/panels/fields.html" import select, textarea with context %}
{{ select("colour", "Colour") }}{{ textarea("Why?") }}<div class="send"><button>Flag it</button></div>
"""


@pytest.fixture(scope="module")
def flag_app(environment: dict[str, str]) -> Flask:
    app = create_app(read(TriageSettings, environment), (*ACTIONS, FLAG))
    app.config["PROPAGATE_EXCEPTIONS"] = True
    app.jinja_loader = DictLoader({"ticket/panels/flag.html": TEMPLATE})
    return app


@pytest.fixture
def anna(flag_app: Flask, engine: Engine) -> Visitor:
    return make_signed_in(flag_app, engine)("Anna", "agent", "ads")


def test_the_openapi_document_has_it(flag_app: Flask) -> None:
    document = flag_app.test_client().get("/openapi.json").json
    assert document is not None
    operation = document["paths"]["/v1/tickets/{reference}/flag"]["post"]
    assert operation["summary"] == "Flag the ticket"
    assert {"201", "401", "403", "404", "409", "422"} <= set(operation["responses"])
    body = document["components"]["schemas"]["FlagBody"]
    assert body["required"] == ["message"]
    assert body["properties"]["colour"]["enum"] == list(COLOURS)
    assert {"claim", "version"} <= set(body["properties"])


def test_both_routes_ask_for_permission(flag_app: Flask) -> None:
    marks = authorisation_of_routes(flag_app)
    assert marks["POST /v1/tickets/<reference>/flag"] == "token:tickets.write"
    assert marks["POST /tickets/<reference>/flag"] == "session:tickets.write"


def test_the_api_calls_it(flag_app: Flask, engine: Engine, triage: Triage) -> None:
    reference = triage.submit()
    agent = People(flag_app, engine)("agent", "ads", name="Ada")
    [claim] = agent.claim()
    path = f"/v1/tickets/{reference}/flag"
    assert list(agent.post(path, {"claim": claim["claim"], "message": "x", "colour": "green"}, 422)["errors"]) == [
        "colour"
    ]
    agent.post(path, {"message": "x"}, 409)
    entry = agent.post(path, {"claim": claim["claim"], "message": "Look here."}, 201)["entry"]
    assert (entry["kind"], entry["by"], entry["facts"]) == ("flagged", "Ada", {"to": "red"})


def test_the_console_has_its_panel_with_its_key(anna: Visitor, triage: Triage) -> None:
    page = anna.get(f"/tickets/{triage.submit()}")
    assert 'data-panel="flag"' in page
    assert '<option value="blue">blue</option>' in page
    assert 'data-opens="flag" aria-keyshortcuts="f"' in page
    assert "<kbd>f</kbd></dt><dd>Set a flag</dd>" in page
    resolved = triage.submit()
    triage.rows("update triage.tickets set state = 'resolved' where reference = :r", r=resolved)
    assert 'data-panel="flag"' not in anna.get(f"/tickets/{resolved}")


def test_the_console_posts_it_and_shows_it_on_the_timeline(anna: Visitor, triage: Triage) -> None:
    reference = triage.submit()
    refused = anna.act(reference, "flag", 422, colour="blue").text
    assert "Write a few words first." in refused
    assert '<option value="blue" selected>' in refused
    answer = anna.act(reference, "flag", colour="blue", message="Look here.")
    page = anna.get(answer.location)
    assert '<p class="told" role="status" data-done-panel="flag">The flag is set.</p>' in page
    assert "<strong>Anna</strong> set a blue flag" in page
    assert "Look here." in page
