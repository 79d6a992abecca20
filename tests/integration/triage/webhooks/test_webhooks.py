"""Webhooks: signature, order, retries, allowed addresses, concurrent senders."""

import hashlib
import hmac
import json
import threading
import time
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.triage.metrics import SystemCollector
from services.triage.webhooks import send_due_calls
from services.triage.webhooks.call_log import waiting_calls
from services.triage.webhooks.send_due_calls import send_next_call
from tests.integration.triage.conftest import People, Triage
from tests.integration.triage.webhooks.conftest import SECRET, AdsTeam, Receiver


def _events(receiver: Receiver) -> list[str]:
    return [json.loads(body)["event"] for _, body in receiver.got]


def test_a_routed_ticket_is_sent_with_a_signature(ads: AdsTeam, receiver: Receiver, triage: Triage) -> None:
    ads.register(receiver.url)
    reference = triage.submit("ads/metrics", subject="Siffror")
    assert ads.consume() == 1
    assert ads.send() == 1
    [(headers, body)] = receiver.got
    told = json.loads(body)
    assert (told["event"], told["ticket"]["reference"], told["ticket"]["subject"]) == (
        "ticket.routed",
        reference,
        "Siffror",
    )
    assert set(told["ticket"]) == set(ads.agent.get("/v1/tickets")["items"][0])
    at, given = (part.split("=")[1] for part in headers["Vidare-Signature"].split(","))
    assert given == hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    assert abs(int(at) - time.time()) < 60


def test_the_events_of_a_ticket_are_sent_in_order(ads: AdsTeam, receiver: Receiver, triage: Triage) -> None:
    ads.register(receiver.url)
    reference = triage.submit("ads/metrics")
    triage.follow_up(reference)
    ads.agent.post(f"/v1/tickets/{reference}/replies", {"message": "x"}, 201)
    ads.agent.post(f"/v1/tickets/{reference}/resolution", {"outcome": "solved"})
    ads.consume()
    ads.send()
    assert _events(receiver) == ["ticket.routed", "ticket.followed_up", "ticket.resolved"]
    assert [json.loads(body)["number"] for _, body in receiver.got] == [1, 2, 3]


def test_a_transfer_is_sent_to_the_new_team(ads: AdsTeam, receiver: Receiver, triage: Triage, people: People) -> None:
    ads.register(receiver.url)
    reference = triage.submit("billing/cost")
    people("agent", "billing").post(f"/v1/tickets/{reference}/transfer", {"team": "ads", "reason": "x"})
    ads.consume()
    ads.send()
    assert _events(receiver) == ["ticket.transferred"]


def test_a_failed_call_is_retried_after_10_s_and_later_calls_wait_for_it(
    ads: AdsTeam, receiver: Receiver, triage: Triage
) -> None:
    webhook = ads.register(receiver.url)
    receiver.statuses = [500, 302]
    reference = triage.submit("ads/metrics")
    triage.follow_up(reference)
    ads.consume()
    ads.consume()
    assert ads.send() == 1
    [waiting, failed] = ads.agent.get(f"/v1/webhooks/{webhook['id']}/deliveries")["items"]
    assert (failed["attempts"], failed["last_status"], failed["state"]) == (1, 500, "queued")
    assert (waiting["attempts"], waiting["event"]) == (0, "ticket.followed_up")
    ads.let_time_pass(8)
    assert ads.send() == 0
    ads.let_time_pass(3)
    assert ads.send() == 1  # 302: a redirect is not followed
    ads.let_time_pass(31)
    assert ads.send() == 2
    assert _events(receiver) == ["ticket.routed"] * 3 + ["ticket.followed_up"]
    states = [item["state"] for item in ads.agent.get(f"/v1/webhooks/{webhook['id']}/deliveries")["items"]]
    assert states == ["delivered", "delivered"]


def test_after_an_hour_of_failures_later_events_overtake(ads: AdsTeam, receiver: Receiver, triage: Triage) -> None:
    ads.register(receiver.url)
    receiver.statuses = [500, 204, 204]
    reference = triage.submit("ads/metrics")
    ads.consume()
    ads.send()
    triage.rows("""
        update triage.webhook_calls
        set failing_since = failing_since - interval '61 minutes', due_at = due_at + interval '1 hour'
    """)
    triage.follow_up(reference)
    ads.consume()
    ads.send()
    assert [(json.loads(body)["event"], json.loads(body)["number"]) for _, body in receiver.got] == [
        ("ticket.routed", 1),
        ("ticket.followed_up", 2),
    ]


def test_a_call_fails_for_good_after_days_and_can_be_repeated(ads: AdsTeam, receiver: Receiver, triage: Triage) -> None:
    webhook = ads.register(receiver.url)
    receiver.statuses = [500, 500]
    triage.submit("ads/metrics")
    ads.consume()
    ads.send()
    ads.let_time_pass(4 * 86_400)
    ads.send()
    path = f"/v1/webhooks/{webhook['id']}/deliveries"
    [item] = ads.agent.get(path)["items"]
    assert item["state"] == "failed"
    assert ads.agent("POST", f"{path}/{item['id']}/replay").status_code == 204
    assert ads.agent("POST", f"{path}/{item['id']}/replay").status_code == 409
    for never in (item["id"] + 1, 0, 2**70):
        assert ads.agent("POST", f"{path}/{never}/replay").status_code == 404
    ads.send()
    assert ads.agent.get(path)["items"][0]["state"] == "delivered"


def test_tickets_do_not_wait_for_each_other(ads: AdsTeam, receiver: Receiver, triage: Triage) -> None:
    ads.register(receiver.url)
    receiver.statuses = [500]
    triage.submit("ads/metrics")
    triage.submit("ads/metrics")
    ads.consume()
    ads.send()
    assert len(receiver.got) == 2


def test_an_event_that_is_delivered_twice_makes_one_call(ads: AdsTeam, receiver: Receiver, triage: Triage) -> None:
    ads.register(receiver.url)
    triage.submit("ads/metrics")
    ads.consume()
    triage.rows("""
        insert into events.deliveries (id, subscriber, ticket)
        select id, 'team.ads', ticket from events.log where type = 'TicketRouted'
    """)
    assert ads.consume() == 1
    ads.send()
    assert len(receiver.got) == 1


def test_an_address_that_became_private_is_not_called(ads: AdsTeam, receiver: Receiver, triage: Triage) -> None:
    webhook = ads.register(receiver.url)
    triage.submit("ads/metrics")
    ads.consume()
    assert send_next_call(triage.engine, "ads", allow_private=False)
    assert receiver.got == []
    [item] = ads.agent.get(f"/v1/webhooks/{webhook['id']}/deliveries")["items"]
    assert "public internet" in item["last_error"]


def test_the_call_of_a_dead_sender_is_made_when_its_lease_has_expired(
    ads: AdsTeam, triage: Triage, receiver: Receiver
) -> None:
    ads.register(receiver.url)
    triage.submit("ads/metrics")
    ads.consume()
    triage.rows("""
        update triage.webhook_calls
        set owner = gen_random_uuid(), leased_until = clock_timestamp() + interval '30 seconds'
    """)
    assert ads.send() == 0
    ads.let_time_pass(31)
    assert ads.send() == 1


def test_many_senders_make_each_call_once(ads: AdsTeam, receiver: Receiver, triage: Triage) -> None:
    ads.register(receiver.url)
    for _ in range(30):
        triage.submit("ads/metrics")
    ads.consume()
    barrier = threading.Barrier(6)

    def work() -> None:
        barrier.wait()
        ads.send_all()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receiver.got) == 30


def test_a_sender_that_skips_a_locked_webhook_does_not_lock_its_calls(
    ads: AdsTeam, receiver: Receiver, triage: Triage
) -> None:
    """Otherwise two senders could starve each other until the next poll."""
    ads.register(receiver.url)
    triage.submit("ads/metrics")
    ads.consume()
    with triage.engine.begin() as first, triage.engine.begin() as second:
        first.execute(text("select 1 from triage.webhooks for no key update"))
        assert send_due_calls._lease(second, "ads") is None
        assert send_due_calls._lease(first, "ads") is not None


class TestApi:
    def test_a_webhook_is_registered_shown_without_its_secret_and_removed(self, ads: AdsTeam, people: People) -> None:
        made = ads.agent.post("/v1/teams/ads/webhooks", {"url": "https://1.1.1.1/x", "secret": "s3cret"}, 201)
        assert set(made) == {"id", "team", "url", "created_by", "created_at"}
        assert ads.agent.get("/v1/teams/ads/webhooks")["items"] == [made]
        stranger = people("agent", "billing")
        stranger.get("/v1/teams/ads/webhooks", 403)
        stranger.get(f"/v1/webhooks/{made['id']}/deliveries", 403)
        assert stranger("DELETE", f"/v1/teams/ads/webhooks/{made['id']}").status_code == 403
        assert people("admin")("DELETE", f"/v1/teams/billing/webhooks/{made['id']}").status_code == 404
        assert ads.agent("DELETE", f"/v1/teams/ads/webhooks/{made['id']}").status_code == 204
        assert ads.agent("DELETE", f"/v1/teams/ads/webhooks/{made['id']}").status_code == 404
        ads.agent.get(f"/v1/webhooks/{made['id']}/deliveries", 404)

    @pytest.mark.parametrize(
        "url",
        ["http://127.0.0.1/", "http://localhost/", "http://10.1.2.3/", "http://[::1]/", "ftp://1.1.1.1/", "x", ""],
    )
    def test_addresses_inside_our_network_are_rejected(self, url: str, ads: AdsTeam) -> None:
        assert "url" in ads.agent.post("/v1/teams/ads/webhooks", {"url": url, "secret": "s3cret"}, 422)["errors"]

    def test_unknown_webhooks_and_other_teams_are_errors(self, ads: AdsTeam) -> None:
        body = {"url": "https://1.1.1.1/x", "secret": "s3cret"}
        ads.agent.post("/v1/teams/nobody/webhooks", body, 404)
        ads.agent.post("/v1/teams/billing/webhooks", body, 403)
        ads.agent.get(f"/v1/webhooks/{uuid4()}/deliveries", 404)


def test_waiting_calls_are_counted_and_part_of_the_metrics(ads: AdsTeam, receiver: Receiver, triage: Triage) -> None:
    ads.register(receiver.url)
    triage.submit("ads/metrics")
    ads.consume()
    with triage.engine.connect() as connection:
        [waits] = waiting_calls(connection)
    assert (waits.team, waits.calls, waits.failing_seconds) == ("ads", 1, 0)
    receiver.statuses = [503]
    ads.send()
    ads.let_time_pass(7200)
    with triage.engine.connect() as connection:
        [waits] = waiting_calls(connection)
    assert 7200 <= waits.failing_seconds < 7300
    families = {family.name: family for family in SystemCollector(triage.engine, ("ads",)).collect()}
    for name, value in (("vidare_webhook_calls_waiting", 1), ("vidare_webhook_failing_seconds", waits.failing_seconds)):
        [sample] = families[name].samples
        assert sample.labels == {"team": "ads"}
        assert sample.value == pytest.approx(value, abs=30)
    ads.send()
    with triage.engine.connect() as connection:
        assert waiting_calls(connection) == []
