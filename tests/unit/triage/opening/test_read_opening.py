"""What an agent enters about a ticket to open is checked as a requester's submission is."""

from typing import Any

import pytest

from services.triage.opening.read_opening import read_opening
from shared.catalog import load
from shared.errors import Unprocessable

CATALOG = load()
GIVEN: dict[str, Any] = {"category": "account/login", "email": "anna@example.org", "message": "I cannot log in."}


def errors_of(given: dict[str, Any]) -> dict[str, list[str]]:
    with pytest.raises(Unprocessable) as raised:
        read_opening(CATALOG, given)
    return dict(raised.value.errors)


def test_what_is_not_given_has_its_default() -> None:
    opening = read_opening(CATALOG, {**GIVEN, "source": None, "acknowledge": None, "internal_note": ""})
    assert (opening.source, opening.acknowledge, opening.internal_note) == ("other", True, None)
    assert opening.values.fields["locale"] == "en"


def test_an_internal_note_may_stand_for_the_message() -> None:
    given = {"category": "account/login", "email": "anna@example.org", "internal_note": " She called.\r\nTwice. "}
    opening = read_opening(CATALOG, given)
    assert (opening.values.fields["message"], opening.internal_note) == (None, "She called.\nTwice.")


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({}, {"category", "email", "message"}),
        ({**GIVEN, "message": " "}, {"message"}),
        ({**GIVEN, "message": " ", "internal_note": 5}, {"internal_note"}),
        ({**GIVEN, "internal_note": "x" * 10_001}, {"internal_note"}),
        ({**GIVEN, "email": "anna", "country": "Sverige", "platform": "fax"}, {"email", "country", "platform"}),
        ({**GIVEN, "source": "fax", "acknowledge": "no", "team": "ads"}, {"source", "acknowledge", "team"}),
        ({**GIVEN, "source": ["phone"]}, {"source"}),
        ({**GIVEN, "category": "account/nothing"}, {"category"}),
        ({**GIVEN, "details": {"shoe_size": "43"}}, {"details.shoe_size"}),
        ({**GIVEN, "category": "business/buyable-pins"}, {"details.shop_platform"}),
    ],
)
def test_every_error_is_named_at_once(given: dict[str, Any], fields: set[str]) -> None:
    assert set(errors_of(given)) == fields


def test_missing_evidence_is_no_error() -> None:
    assert read_opening(CATALOG, {**GIVEN, "category": "business/blocked-link"}).values.details == {}
