"""Tickets in every state, with long and short words, for the tests of the console's pages."""

from typing import Any

from playwright.sync_api import Page

from tests.integration.triage.conftest import Triage

LONG = "Nebenkostenabrechnungsunterlagenverzeichnis" * 4
MAJA = {"name": "Maja Lindqvist-Rosenbaum", "email": "maja.lindqvist@example.com", "locale": "sv"}


def submit_many(triage: Triage, owner: str) -> dict[str, str]:
    """A ticket of ads in each state, by state; `owner` (an address) owns those that are answered."""
    made: dict[str, str] = {}
    for state in ("open", "waiting", "held", "resolved"):
        made[state] = triage.submit("ads/disapproved", subject=f"My ad is {state}", message=_message(state), **MAJA)
    made["long"] = triage.submit("ads/disapproved", subject=LONG, message=f"https://{LONG}.example", **_long())
    triage.follow_up(made["long"], message=LONG)
    triage.follow_up(made["open"], message="Hello again, has anybody had the time to look at this?")
    for state in ("open", "waiting", "held", "resolved"):
        triage.rows(
            "update triage.tickets set state = :state, respond_by = case when :state = 'open' then respond_by end, "
            "owner = (select id from auth.users where email = :owner), missing_evidence = :missing where reference = :r",
            state=state,
            owner=owner,
            missing=["ad_link"] if state == "held" else [],
            r=made[state],
        )
    triage.rows("update triage.tickets set priority = 'urgent', tags = '{vip}' where reference = :r", r=made["open"])
    return made


def claim(page: Page, reference: str) -> None:
    page.goto(f"/tickets/{reference}")
    page.get_by_role("button", name="Claim it").click()
    page.wait_for_url("**done=claimed")


def _message(state: str) -> str:
    return f"Hello,\n\nmy ad is {state} since yesterday. Please see https://www.example.com/pin/12345 and tell me why.\n\nMaja"


def _long() -> dict[str, Any]:
    return {"email": f"{LONG[:60]}@{LONG[:60]}.example.com", "locale": "sv", "name": LONG[:90]}
