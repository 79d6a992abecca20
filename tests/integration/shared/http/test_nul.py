"""NUL, which no column takes, in addresses and queries."""

import pytest
from flask import Flask

from services.intake.app import create_app as create_intake
from services.intake.settings import IntakeSettings
from services.notify.app import create_app as create_notify
from services.notify.settings import NotifySettings
from services.triage.app import create_app as create_triage
from services.triage.settings import TriageSettings
from shared.settings import read

CALLS = [
    ("intake", "/v1/tickets/%00", 404),
    ("intake", "/t/T-0000-0000%00?key=x", 404),
    ("intake", "/t/T-0000-0000?key=%00", 404),
    ("triage", "/v1/tickets/%00", 404),
    ("triage", "/v1/tickets?category=%00", 422),
    ("triage", "/v1/reports/service-levels?team=%00", 422),
    ("triage", "/tickets/%00", 404),
    ("notify", "/v1/emails?to=%00", 422),
]


@pytest.fixture(scope="module")
def apps(environment: dict[str, str]) -> dict[str, Flask]:
    return {
        "intake": create_intake(read(IntakeSettings, environment)),
        "triage": create_triage(read(TriageSettings, environment)),
        "notify": create_notify(read(NotifySettings, environment)),
    }


@pytest.mark.parametrize(("service", "path", "status"), CALLS)
def test_it_is_refused_and_not_asked_of_the_database(
    clean_database: None, apps: dict[str, Flask], service: str, path: str, status: int
) -> None:
    answer = apps[service].test_client().get(path, headers={"Accept": "application/json"})
    assert answer.status_code == status
