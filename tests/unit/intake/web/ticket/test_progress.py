from datetime import UTC, datetime

import pytest
from markupsafe import Markup

from services.intake.web.i18n import load_languages
from services.intake.web.ticket.progress import steps_of

ENGLISH = load_languages()["en"]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "states"),
    [
        ("received", ["now", "later", "later"]),
        ("needs_evidence", ["done", "now", "later", "later"]),
        ("with_team", ["done", "now", "later"]),
        ("answered", ["done", "done", "now"]),
        ("resolved", ["done", "done", "done"]),
    ],
)
def test_each_status_has_its_steps(status: str, states: list[str]) -> None:
    assert [step.state for step in steps_of(status, NOON, Markup("Ads"), ENGLISH)] == states


def test_the_team_is_named_once_it_is_known() -> None:
    assert steps_of("with_team", NOON, Markup("Ads"), ENGLISH)[1].title == "With the Ads team"
    assert steps_of("received", NOON, None, ENGLISH)[1].title == "With our team"
