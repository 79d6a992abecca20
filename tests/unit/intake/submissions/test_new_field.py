"""A field of every submission is added by one declaration: shown with a telephone number, in a copy of the source.

Beside it a real one needs its sentences in the .po files, a migration of triage (one of intake too where the field is not personal),
and its entries in the register of personal data: see docs/develop/recipes.md.
"""

import json
from typing import Any

import pytest

from tests.unit.intake.source_copy import copy_source, insert, run_in

PHONE = """
    SubmissionField(
        "phone",
        "line",
        "A telephone number.",
        30,
        title="Telephone",
        of_requester=True,
        in_rules=True,
        question=Question("Your telephone number", "With the country's code.", "tel"),
    ),
"""

PROGRAM = """
import json
from datetime import UTC, datetime
from services.intake.app import create_app
from services.intake.settings import IntakeSettings
from services.intake.submissions.event import submitted_event
from services.intake.submissions.validate import validate_submission
from services.triage.app import create_app as create_triage
from services.triage.routing import route_tickets
from services.triage.rules.document.vocabulary import vocabulary_of
from services.triage.routing.decide_route import ticket_of
from services.triage.rules.engine.facts import facts_of
from services.triage.settings import TriageSettings
from services.triage.tickets.read_ticket import _TICKETS
from shared.catalog import load
from shared.conditions.fields import field_type
from shared.errors import Unprocessable
from shared.events.contracts import (RecordedEvent)
from shared.settings import DEFAULT_TEAMS, read

catalog = load()
given = {"category": "account/login", "email": "a@example.com", "message": "m", "phone": " +46 8 123 "}
submission = validate_submission(catalog, given)
plain = validate_submission(catalog, {name: given[name] for name in given if name != "phone"})
event = submitted_event(catalog, "T-1111-1111", submission, "c", (), ()).event
try:
    validate_submission(catalog, {**given, "phone": "1" * 31})
except Unprocessable as error:
    errors = error.errors
client = create_app(read(IntakeSettings)).test_client()
html = {"Accept": "text/html"}
form = client.get("/help/account/login/note", headers=html).text
again = client.post("/help/account/login/note", headers=html, data={"phone": "123", "email": ""}).text
recorded = RecordedEvent(id=1, event_id="e", type=event.type, version=1, ticket=event.ticket, correlation_id="c",
                         occurred_at=datetime.now(UTC), payload=event.payload, personal=event.personal)
triage = create_triage(read(TriageSettings)).test_client().get("/openapi.json").json["components"]["schemas"]
print(json.dumps({
    "openapi": client.get("/openapi.json").json["components"]["schemas"]["Submission"]["properties"]["phone"],
    "form": form, "again": again, "errors": errors, "personal": event.personal, "payload": list(event.payload),
    "other content": submission.content() != plain.content(),
    "fact": facts_of(ticket_of(recorded), datetime.now(UTC)).get("phone"),
    "rule": field_type("phone", vocabulary_of(catalog, DEFAULT_TEAMS)) is not None,
    "insert": str(route_tickets._ROUTE), "select": str(_TICKETS),
    "requester": sorted(triage["Requester"]["properties"]), "tried": sorted(triage["Note"]["properties"]),
}))
"""


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Any:
    copy = copy_source(tmp_path_factory.mktemp("source"))
    insert(copy, "shared/submission_fields.py", ")\n\nFIELD: Mapping", PHONE)
    return json.loads(run_in(copy, PROGRAM))


def test_the_api_describes_and_checks_it(shown: Any) -> None:
    assert shown["openapi"]["maxLength"] == 30
    assert shown["errors"] == {"phone": ["This is too long."]}


def test_the_form_asks_for_it_and_shows_it_again(shown: Any) -> None:
    assert 'name="phone"' in shown["form"]
    assert "Your telephone number" in shown["form"]
    assert 'autocomplete="tel"' in shown["form"]
    assert 'value="123"' in shown["again"]


def test_the_event_carries_it_as_personal(shown: Any) -> None:
    assert shown["personal"]["phone"] == "+46 8 123"
    assert "phone" not in shown["payload"]


def test_another_number_is_another_submission(shown: Any) -> None:
    assert shown["other content"]


def test_rules_may_test_it(shown: Any) -> None:
    assert shown["fact"] == "+46 8 123"
    assert shown["rule"]
    assert "phone" in shown["tried"]


def test_triage_stores_and_shows_it(shown: Any) -> None:
    assert "phone text" in shown["insert"]
    assert "t.phone" in shown["select"]
    assert "phone" in shown["requester"]
