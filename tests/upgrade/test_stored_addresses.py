"""Addresses that 0.1.0 stored and mailed as IDNA 2003 made them are made again, before any mail goes to them."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from services.intake.app import create_app
from services.intake.settings import IntakeSettings
from services.notify.emails.query import read_email
from services.notify.emails.resend_email import resend_email
from services.notify.emails.resend_emails import resend_emails
from services.notify.emails.suppressions import Reader, list_suppressions
from services.notify.inbound.classify_mail import Arrival
from services.notify.inbound.receive_mail import receive_mail
from services.triage.lists.filters import Wanted
from services.triage.lists.search_tickets import search_tickets
from services.triage.timers.fill_search import fill_search
from shared.auth.principal import Principal
from shared.events.contracts import ticket_links_requested
from shared.events.log import record
from shared.settings import read
from shared.ticket_keys import receipt_key
from tests.integration.notify.inbound_mails import a_status_report
from tests.mail_server import MailServer
from tests.servers_of_a_run import Servers
from tests.upgrade.elsewhere import PEOPLE, System, earlier, given, right, upgraded_system

ADMIN = Principal(UUID(int=1), "Ada", "ada@example.org", "admin", frozenset())


@pytest.fixture
def upgraded(servers: Servers, environment: dict[str, str]) -> Iterator[System]:
    with upgraded_system(servers, environment) as system:
        yield system


def test_held_emails_go_to_their_right_addresses_once_intake_has_reported(upgraded: System) -> None:
    upgraded.send()
    assert of_people(upgraded.mails) == []
    assert upgraded.emails(earlier("zoe")) == [("acknowledgement", "queued"), ("reply", "queued")]
    for _ in range(2):
        upgraded.report()
        upgraded.consume("notify")  # also the acknowledgement of omar, which the version before had not written
        upgraded.release()
        upgraded.send()
    wanted = ["full", "omar", "slow1", "xenia", "zoe", "zoe"]
    assert sorted(of_people(upgraded.mails)) == [right(who) for who in wanted]
    [mail] = [mail for mail in upgraded.mails.accepted if mail.recipients == [right("full")]]
    assert f"To: {right('full')}\r\n".encode() in mail.content


def test_a_held_email_says_why_it_waits(upgraded: System) -> None:
    [(number,)] = upgraded.rows(
        "select id from notify.emails where recipient = :one and kind = 'reply'", one=earlier("zoe")
    )
    with upgraded.engine.connect() as connection:
        assert "held" in (read_email(connection, number, ADMIN).because or "")


def test_an_email_that_is_being_sent_keeps_the_report_waiting(upgraded: System) -> None:
    upgraded.change("update notify.emails set leased_until = 'infinity' where state = 'sending'")
    upgraded.report()
    upgraded.consume("notify")
    assert upgraded.emails(earlier("slow1")) == [("acknowledgement", "sending")]
    upgraded.change(
        "update notify.emails set state = 'queued', owner = null, leased_until = null where state = 'sending'"
    )
    upgraded.consume("notify")
    upgraded.send()
    assert right("slow1") in upgraded.mails.recipients


def test_emails_without_a_report_are_released_from_the_address_of_their_event(upgraded: System) -> None:
    """Of no ticket, or to an address that the ticket has no more."""
    upgraded.change(
        "update notify.threads set recipient = 'full@example.net' where recipient = :one", one=given("full")
    )
    upgraded.release()
    upgraded.send()
    assert sorted(of_people(upgraded.mails)) == [right("full"), right("xenia")]


def test_what_was_sent_stays_and_goes_to_the_right_address_when_it_is_sent_again(upgraded: System) -> None:
    upgraded.report()
    upgraded.consume("notify")
    acknowledgement = (
        "select id from notify.emails where recipient = :one and kind = 'acknowledgement' and state = :state"
    )
    for who, state in (("lea", "sent"), ("vera", "bounced")):
        [(number,)] = upgraded.rows(acknowledgement, one=earlier(who), state=state)
        with upgraded.engine.begin() as connection:
            resend_email(connection, read_email(connection, number, ADMIN))
    assert resend_all_suppressed(upgraded) == 1
    upgraded.send()
    again = [one for one in of_people(upgraded.mails) if one.startswith(("lea", "vera"))]
    assert sorted(again) == [right("lea"), right("vera"), right("vera")]
    assert ("reply", "sent") in upgraded.emails(earlier("lea"))


def test_a_full_mailbox_at_another_domain_has_the_message_sent_to_the_right_one(
    upgraded: System, environment: dict[str, str]
) -> None:
    upgraded.report()
    upgraded.consume("notify")
    [(sender,)] = upgraded.rows(
        "select envelope_from from notify.emails where recipient = :one and kind = 'acknowledgement'",
        one=earlier("lea"),
    )
    report = a_status_report(earlier("lea"), status="5.2.2", diagnostic="552 5.2.2 over quota")
    receive_mail(upgraded.deps, Arrival("", sender, report))
    upgraded.send()
    assert [one for one in of_people(upgraded.mails) if one.startswith("lea")] == [right("lea")]


def test_an_address_that_is_none_today_gets_nothing(upgraded: System) -> None:
    upgraded.change(
        "update notify.emails set original = 'xenia@☃.example' where recipient = :one", one=earlier("xenia")
    )
    upgraded.release()
    upgraded.send()
    found = "select state, because from notify.emails where recipient = 'xenia@☃.example'"
    assert upgraded.rows(found) == [("failed", "not an address that can be written to")]


def test_automatic_suppressions_of_the_wrong_domains_are_lifted_and_those_of_people_stay(upgraded: System) -> None:
    assert {earlier("vera"), earlier("wille")} <= suppressed(upgraded)
    upgraded.report()
    upgraded.consume("notify")
    assert suppressed(upgraded) & {earlier(who) for who in PEOPLE} == {earlier("wille")}
    assert "gone@example.org" in suppressed(upgraded)


def test_a_replayed_report_changes_nothing(upgraded: System) -> None:
    upgraded.send()
    for _ in range(2):
        upgraded.report()
        upgraded.consume("notify")
        upgraded.send()
    upgraded.release()
    upgraded.send()
    tables = ("emails", "threads", "suppressions")
    before = [upgraded.rows(f"select t::text from notify.{table} t order by 1") for table in tables]
    upgraded.change("""
        insert into events.deliveries (id, subscriber, ticket)
        select id, 'notify', ticket from events.log where type = 'RequesterAddressRebuilt'
    """)
    upgraded.consume("notify")
    upgraded.send()
    assert [upgraded.rows(f"select t::text from notify.{table} t order by 1") for table in tables] == before
    assert (
        upgraded.rows(
            "select from events.deliveries d join events.log l using (id) where l.type like '%Rebuilt'"
            " and subscriber = 'notify'"
        )
        == []
    )


def test_each_ticket_is_reported_once(upgraded: System) -> None:
    for _ in range(2):
        upgraded.report()
    reported = upgraded.rows(
        "select personal ->> 'email' from events.log where type = 'RequesterAddressRebuilt' order by 1"
    )
    assert {one for (one,) in reported} == {given(who) for who in PEOPLE if who != "xenia"}
    tickets = upgraded.rows(
        "select count(*) from intake.submissions where personal ->> 'email' = any(:all)",
        all=[given(who) for who in PEOPLE],
    )
    assert [(len(reported),)] == tickets


def test_a_ticket_that_the_version_before_writes_after_the_migration_is_reported_too(upgraded: System) -> None:
    upgraded.report()
    upgraded.change("""
        insert into intake.submissions (reference, correlation_id, category, locale, catalog, address, personal)
        values ('T-0000-0001', 'c', 'ads/other', 'en', 1, 'late@straße.example', '{"email": "late@straße.example"}')
    """)
    upgraded.report()
    found = "select address, address_event > 0 from intake.submissions where reference = 'T-0000-0001'"
    assert upgraded.rows(found) == [("late@xn--strae-oqa.example", True)]


@pytest.mark.parametrize("who", ["zoe", "full", "vera", "eva"])
def test_tickets_are_found_in_either_spelling(upgraded: System, who: str) -> None:
    upgraded.report()
    upgraded.consume("triage")
    with upgraded.engine.begin() as connection:
        fill_search(connection)
    tickets = upgraded.rows("select reference from triage.tickets where email = :one", one=given(who))
    assert tickets
    for spelling in (given(who), right(who), right(who).upper()):
        with upgraded.engine.begin() as connection:
            found = search_tickets(connection, spelling, Wanted(("account", "business", "ads", "billing")))
        assert {(row.reference,) for row in found} == set(tickets), spelling


def test_the_links_of_tickets_are_found_in_either_spelling(upgraded: System) -> None:
    upgraded.report()
    for spelling in (given("vera"), right("vera")):
        with upgraded.engine.begin() as connection:
            record(connection, [ticket_links_requested("c", {"locale": "en"}, {"email": spelling})])
        upgraded.consume("intake")
    sent = "select personal ->> 'email' from events.log where type = 'TicketLinksFound' order by id desc limit 2"
    assert upgraded.rows(sent) == [(given("vera"),)] * 2


def test_a_requester_whose_mail_went_elsewhere_may_give_the_same_address(
    upgraded: System, environment: dict[str, str]
) -> None:
    reference = upgraded.rows(
        "select ticket from notify.emails where recipient = :one and state = 'bounced'", one=earlier("vera")
    )[0][0]
    url = upgraded.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    secret = upgraded.settings.secret
    client = create_app(
        read(IntakeSettings, environment | {"VIDARE_DATABASE_URL": url, "VIDARE_SECRET": secret})
    ).test_client()
    form = {"key": receipt_key(secret, reference, 1), "email": given("vera")}
    assert client.post(f"/t/{reference}/address", data=form).status_code == 422
    upgraded.report()
    upgraded.consume("notify")
    assert client.post(f"/t/{reference}/address", data=form).status_code == 303
    upgraded.consume("notify")
    upgraded.send()
    assert right("vera") in upgraded.mails.recipients


def of_people(mails: MailServer) -> list[str]:
    """Where mail for the people above went, in order."""
    return [one for one in mails.recipients if one.partition("@")[0] in PEOPLE and not one.endswith("@example.org")]


def resend_all_suppressed(system: System) -> int:
    with system.engine.begin() as connection:
        return resend_emails(connection, "suppressed", None, None)


def suppressed(system: System) -> set[str]:
    with system.engine.connect() as connection:
        return {one.address for one in list_suppressions(connection, Reader(ADMIN.id, None), 200, None)}
