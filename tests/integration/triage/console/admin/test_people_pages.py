"""Creating, changing and closing accounts."""

import re
from uuid import uuid4

from sqlalchemy import Engine

from shared.auth.users import find_user
from shared.events.contracts import email_state_changed
from tests.integration.triage.conftest import Triage
from tests.integration.triage.console.conftest import SignedIn, Visitor


def test_a_new_person_signs_in_with_the_password_that_is_shown_once(signed_in: SignedIn, visitor: Visitor) -> None:
    ada = signed_in("Ada", "admin")
    ada.get("/people")
    page = ada.post("/people", 200, email="new@example.org", name="Nova", role="agent", teams=["ads", "billing"]).text
    shown = re.search(r"<code>([a-z0-9-]{23})</code>", page)
    assert shown
    assert visitor.sign_in("new@example.org", shown[1]).location == "/"
    assert "Ads, Billing" in ada.get("/people")
    assert shown[1] not in ada.get("/people")


def test_errors_are_shown_and_the_input_is_kept(signed_in: SignedIn) -> None:
    ada = signed_in("Ada", "admin")
    ada.get("/people")
    page = ada.post("/people", 422, email="nix", name="Nova", role="agent").text
    assert "Not an e-mail address." in page
    assert 'value="Nova"' in page
    assert "has an account already" in ada.post("/people", 409, email="ada@example.org", name="A", role="agent").text


def test_role_and_teams_change(signed_in: SignedIn, engine: Engine) -> None:
    ada, anna = signed_in("Ada", "admin"), signed_in("Anna", "agent", "ads")
    with engine.begin() as connection:
        person = find_user(connection, "anna@example.org").id
    ada.get("/people")
    ada.post(f"/people/{person}", role="lead", teams=["billing", "cooking"])
    anna.get("/queues/billing")
    anna.get("/queues/ads", 403)


def test_closing_an_account_ends_session_and_claims_at_once(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit()
    ada, anna = signed_in("Ada", "admin"), signed_in("Anna", "agent", "ads")
    anna.claim(reference)
    person = triage.rows("select id from auth.users where email = 'anna@example.org'")[0].id
    ada.get("/people")
    ada.post(f"/people/{person}/closing")
    assert triage.ticket(reference).state == "open"
    anna.open("/queues/ads", 303)
    assert "account was closed" in ada.get(f"/tickets/{reference}")


def test_a_closed_account_is_opened_again_with_a_new_password(triage: Triage, signed_in: SignedIn) -> None:
    ada, anna = signed_in("Ada", "admin"), signed_in("Anna", "agent", "ads")
    person = triage.rows("select id from auth.users where email = 'anna@example.org'")[0].id
    ada.get("/people")
    ada.post(f"/people/{person}/opening", 409)
    ada.get("/people")
    ada.post(f"/people/{person}/closing")
    anna.sign_in("anna@example.org", status=401)
    assert "Open again" in ada.get("/people")
    shown = re.search(r"<code>([a-z0-9-]{23})</code>", ada.post(f"/people/{person}/opening", 200).text)
    assert shown
    anna.sign_in("anna@example.org", status=401)
    anna.sign_in("anna@example.org", shown[1])
    anna.post(f"/people/{person}/opening", 403)


def test_a_new_name_does_not_change_old_timeline_entries(triage: Triage, signed_in: SignedIn) -> None:
    reference = triage.submit()
    ada, anna = signed_in("Ada", "admin"), signed_in("Anna", "agent", "ads")
    anna.claim(reference)
    person = triage.rows("select id from auth.users where email = 'anna@example.org'")[0].id
    ada.get("/people")
    ada.post(f"/people/{person}", name="Anna-Lena", role="agent", teams=["ads"])
    ada.get("/people")
    ada.post(f"/people/{person}", 422, name=" ", role="agent", teams=["ads"])
    assert "Anna-Lena" in anna.get("/queues/ads")
    assert "<strong>Anna</strong> claimed it" in anna.get(f"/tickets/{reference}")


def test_admins_cannot_close_or_demote_their_own_account(signed_in: SignedIn, engine: Engine) -> None:
    ada = signed_in("Ada", "admin")
    with engine.begin() as connection:
        me = find_user(connection, "ada@example.org").id
    ada.get("/people")
    ada.post(f"/people/{me}/closing", 409)
    ada.post(f"/people/{me}", 409, role="agent")
    ada.get("/people")


def test_an_auditor_only_reads_people_and_other_roles_do_not(signed_in: SignedIn) -> None:
    auditor = signed_in("Audrey", "auditor")
    assert "Add a person" not in auditor.get("/people")
    auditor.post("/people", 403, email="x@example.org", name="X", role="admin")
    lead = signed_in("Lena", "lead", "ads")
    lead.get("/people", 403)
    lead.get("/queues/ads")
    lead.post("/people", 403, email="x@example.org", name="X", role="admin")


def test_an_admin_of_an_empty_system_sees_the_first_steps(triage: Triage, signed_in: SignedIn) -> None:
    ada = signed_in("Ada", "admin")
    assert ada.open("/", 303).location == "/setting-up"
    page = ada.get("/setting-up")
    assert "No members yet: account, business, ads, billing." in page
    assert page.count('class="done"') == 1
    triage.submit()
    assert ada.open("/", 303).location == "/queues/account"
    assert ada.get("/setting-up").count('class="done"') == 2
    assert 'href="/rules"' in ada.get("/setting-up")
    ada.post("/setting-up/rules")
    assert ada.get("/setting-up").count('class="done"') == 3
    told = {"email": str(uuid4()), "kind": "acknowledgement", "state": "sent", "because": None}
    triage.take(email_state_changed(triage.submit(), "c", told))
    assert ada.get("/setting-up").count('class="done"') == 4
    ada.get("/people")
    teams = ["account", "business", "ads", "billing"]
    ada.post("/people", 200, email="all@example.org", name="All", role="agent", teams=teams)
    assert ada.get("/setting-up").count('class="done"') == 5
    signed_in("Anna", "agent", "ads").get("/setting-up", 403)
