"""A team's own tool that works from the team's queue: claims tickets, does its work, answers; with Python's standard library alone.

    VIDARE_TRIAGE_URL=http://127.0.0.1:8001 VIDARE_TOKEN=vid_… python queue_consumer.py ads

Make the token with `vidare tokens add tool@example.org --team ads --scope read --scope write`, for an account made with
`vidare users add tool@example.org --role service --team ads`.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
from typing import Any

URL, TOKEN = os.environ["VIDARE_TRIAGE_URL"], os.environ["VIDARE_TOKEN"]
# Longer than the work on one ticket takes. A tool that dies loses nothing: when the lease ends the ticket is open again.
LEASE_SECONDS = 60
IDLE_SECONDS = 5


def call(method: str, path: str, body: object = None) -> tuple[int, Any]:
    """Status and JSON of a call; 409 and the like are answers, not accidents."""
    request = urllib.request.Request(
        URL + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
            return answer.status, json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"{}")


def work_on(ticket: dict[str, Any]) -> str | None:
    """What to answer; None for what a person must see to. Here: whoever writes "opening hours" is told them."""
    return "We answer from 9 to 17." if "opening hours" in ticket["message"].lower() else None


def handle(item: dict[str, Any]) -> None:
    """One claimed ticket: answered, or given back with the reason on its timeline."""
    reference = item["ticket"]["reference"]
    _, ticket = call("GET", f"/v1/tickets/{reference}")
    answer = work_on(ticket)
    # `claim` and `version` are the fence: if the lease ended meanwhile and somebody else took the ticket, this is a 409 and harms nobody.
    fence = {"claim": item["claim"], "version": item["version"]}
    if answer is None:
        call("POST", f"/v1/tickets/{reference}/notes", {**fence, "message": "Not one for the tool."})
        status, _ = call("DELETE", f"/v1/claims/{item['claim']}")
    else:
        status, _ = call("POST", f"/v1/tickets/{reference}/replies", {**fence, "message": answer, "then": "resolve"})
    print(f"{reference}: {'answered' if answer else 'given back'} ({status})", flush=True)


def main(team: str, rounds: int) -> None:
    """Claim and handle, `rounds` times (0: for ever)."""
    done = 0
    while rounds == 0 or done < rounds:
        status, claimed = call("POST", f"/v1/queues/{team}/claims", {"limit": 10, "lease_seconds": LEASE_SECONDS})
        if status != 200:
            sys.exit(f"{status}: {claimed.get('detail')}")
        for item in claimed["items"]:
            handle(item)
        done += 1
        if not claimed["items"] and done != rounds:
            time.sleep(IDLE_SECONDS)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0)
