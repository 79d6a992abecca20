"""The audit log at the console."""

import re

import pytest
from sqlalchemy import Engine

from shared.audit.record import SYSTEM, record_audit
from tests.integration.triage.console.conftest import SignedIn, Visitor


def targets(page: str) -> list[str]:
    return re.findall(r'href="/audit\?target=[^"]*">([^<]*)<', page)


def test_an_auditor_finds_who_did_what(signed_in: SignedIn) -> None:
    ada = signed_in("Ada", "admin")
    ada.get("/people")
    ada.post("/people", 200, email="lea@example.org", name="Lea", role="agent", teams="ads")
    auditor = signed_in("Audrey", "auditor")
    page = auditor.get("/audit?action=user.created")
    assert "account made" in page
    assert "ada@example.org" in page
    assert "role: agent<br>teams: ads<br>active: yes" in page
    assert targets(page) == ["lea@example.org"], "as it is named now"
    assert targets(auditor.get("/audit?actor=nobody@example.org")) == []
    assert "No entries" in auditor.get("/audit?actor=nobody@example.org")


def test_sign_ins_are_there(signed_in: SignedIn, visitor: Visitor) -> None:
    ada = signed_in("Ada", "admin")
    visitor.get("/login")
    visitor.post("/login", 401, email="ada@example.org", password="wrong password")
    page = ada.get("/audit")
    assert page.count("signed in") - page.count("signed in</option>") == 1
    assert page.count("sign-in refused") - page.count("sign-in refused</option>") == 1


def test_pages_and_days(signed_in: SignedIn, engine: Engine) -> None:
    ada = signed_in("Ada", "admin")
    with engine.begin() as connection:
        for number in range(60):
            record_audit(connection, SYSTEM, "user.closed", f"user/{number}")
    first = ada.get("/audit?actor=system")
    assert targets(first) == [f"user/{number}" for number in range(59, 9, -1)]
    [following] = re.findall(r'rel="next" href="([^"]*)"', first)
    assert targets(ada.get(following.replace("&amp;", "&"))) == [f"user/{number}" for number in range(9, -1, -1)]
    assert targets(ada.get("/audit?actor=system&to=2026-01-01")) == []
    assert len(targets(ada.get("/audit?actor=system&from=2026-01-01&to=yesterday"))) == 50


@pytest.mark.parametrize(
    "query", ["actor=%00", "action=%00x", "to=9999-12-31", "from=0001-01-01", "before=x", "before=" + "9" * 20]
)
def test_odd_filters_are_no_error(signed_in: SignedIn, query: str) -> None:
    signed_in("Ada", "admin").get(f"/audit?{query}")


@pytest.mark.parametrize("role", ["agent", "lead"])
def test_others_do_not_see_it(signed_in: SignedIn, role: str) -> None:
    anna = signed_in("Anna", role, "ads")
    anna.get("/audit", 403)
    assert "Audit log" not in anna.get("/queues/ads")
