"""A sender that dies before or after a call: the receiver gets the event again, with the same id."""

import json
import os
import subprocess
import sys

import pytest

from tests.integration.triage.conftest import Triage
from tests.integration.triage.webhooks.conftest import AdsTeam, Receiver

PROGRAM = [sys.executable, "-m", "tests.integration.triage.webhooks.calling_process"]


@pytest.mark.parametrize(("point", "called"), [("webhooks.leased", 0), ("webhooks.called", 1)])
def test_a_leased_call_is_made_again_when_the_lease_has_expired(
    ads: AdsTeam, receiver: Receiver, triage: Triage, environment: dict[str, str], point: str, called: int
) -> None:
    webhook = ads.register(receiver.url)
    reference = triage.submit("ads/metrics")
    triage.follow_up(reference)
    ads.consume()
    dying = subprocess.run(
        PROGRAM, env={**os.environ, **environment, "VIDARE_CRASH_AT": point}, timeout=60, check=False
    )
    assert (dying.returncode, len(receiver.got)) == (137, called)
    assert ads.send() == 0, "neither the leased call nor the one behind it is sent"
    ads.let_time_pass(31)
    assert ads.send() == 2
    told = [json.loads(body) for _, body in receiver.got]
    assert [one["event"] for one in told] == ["ticket.routed"] * (called + 1) + ["ticket.followed_up"]
    assert len({one["id"] for one in told}) == 2
    items = ads.agent.get(f"/v1/webhooks/{webhook['id']}/deliveries")["items"]
    assert [item["state"] for item in items] == ["delivered", "delivered"]
