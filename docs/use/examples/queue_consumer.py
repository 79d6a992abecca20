"""A team's own tool that works on the team's queue beside people: reads the open tickets, claims those that it can answer, answers them.
Needs only Python's standard library.

    VIDARE_TRIAGE_URL=http://127.0.0.1:8001 VIDARE_TOKEN=vid_… python queue_consumer.py ads

Make the token with `vidare tokens add tool@example.org --team ads --scope write`, for an account made with
`vidare users add tool@example.org --role service --team ads`. A tool that works on a queue alone
needs no list: `POST /v1/queues/<team>/claims` claims the most urgent tickets.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

URL, TOKEN = os.environ["VIDARE_TRIAGE_URL"], os.environ["VIDARE_TOKEN"]
# Longer than the work on one ticket. If the tool dies, the ticket is open again when the lease ends.
LEASE_SECONDS = int(os.environ.get("LEASE_SECONDS", "60"))
IDLE_SECONDS = 5


def call(method: str, path: str, body: object = None) -> tuple[int, Any]:
    """Status and JSON of a call. Raises HTTPError for 401 and 503, which concern every ticket, and OSError."""
    request = urllib.request.Request(
        URL + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        if error.code in (401, 503):
            raise
        return error.code, json.loads(error.read() or b"{}")


def open_tickets(team: str) -> Iterator[str]:
    """The references of the open tickets in the queue."""
    cursor = ""
    while cursor is not None:
        status, page = call("GET", f"/v1/tickets?team={team}&state=open&limit=200{cursor and '&cursor=' + cursor}")
        if status != 200:
            sys.exit(f"{status}: {page.get('detail')}")
        yield from (ticket["reference"] for ticket in page["items"])
        cursor = page["next_cursor"]


def answer_to(ticket: dict[str, Any]) -> str | None:
    """The answer; None if a person must write it. This example answers questions about opening hours."""
    return "We answer from 9 to 17." if "opening hours" in ticket["message"].lower() else None


def handle(reference: str) -> bool:
    """Answer one ticket if the tool can. Returns whether it needs a person."""
    status, ticket = call("GET", f"/v1/tickets/{reference}")
    answer = answer_to(ticket) if status == 200 else None
    if answer is None:
        return status == 200
    status, item = call("POST", f"/v1/tickets/{reference}/takeover", {"lease_seconds": LEASE_SECONDS})
    if status != 200:
        return False  # already claimed
    # `claim` and `version` are the fence: if the lease ended and another agent claimed the ticket, this is a 409 and changes nothing.
    # The answer is sent and the claim ends in one step: killed before it nothing was sent, killed after it everything is done.
    fence = {"claim": item["claim"], "version": item["version"]}
    status, _ = call("POST", f"/v1/tickets/{reference}/replies", {**fence, "message": answer, "then": "resolve"})
    print(f"{reference}: {'answered' if status == 201 else f'not answered ({status})'}", flush=True)
    return False


def main(team: str, rounds: int) -> None:
    """Read the queue and handle new tickets, `rounds` times (0: for ever)."""
    left_to_people: set[str] = set()
    done = 0
    while rounds == 0 or done < rounds:
        try:
            for reference in open_tickets(team):
                if reference not in left_to_people and handle(reference):
                    left_to_people.add(reference)
        except urllib.error.HTTPError as error:
            if error.code == 401:
                sys.exit("The token is not valid, or no longer valid.")
            print(f"Vidare does not answer: {error}", file=sys.stderr, flush=True)
        except OSError as error:
            print(f"Vidare does not answer: {error}", file=sys.stderr, flush=True)
        done += 1
        if done != rounds:
            time.sleep(IDLE_SECONDS)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0)
