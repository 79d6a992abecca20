"""The senders of many teams share the few connections of their process."""

import threading
from collections.abc import Callable, Iterator, Sequence

import pytest

from services.triage.settings import TriageSettings
from services.triage.webhooks.sender_threads import THREADS_A_TEAM, SenderThreads
from services.triage.worker import CONNECTIONS
from shared.settings import read
from shared.storage.database import make_engine
from tests.integration.triage.conftest import Triage
from tests.integration.triage.webhooks.conftest import SECRET, Receiver, receiving
from tests.polling import eventually

# More threads than connections.
HANGING = [f"hanging-{number}" for number in range(CONNECTIONS)]

Queue = Callable[[str, str, int], None]


@pytest.fixture
def queue_calls(triage: Triage) -> Queue:
    """Queue calls of a team's webhook, each about a ticket of its own."""

    def queue(team: str, url: str, calls: int) -> None:
        [(webhook,)] = triage.rows(
            "insert into triage.webhooks (team, url, secret, created_by) values (:team, :url, :secret, 'x') returning id",
            team=team,
            url=url,
            secret=SECRET,
        )
        for _ in range(calls):
            triage.rows(
                "insert into triage.webhook_calls (webhook, team, ticket, number, event, event_id, body)"
                " values (:webhook, :team, :ticket, 1, 'ticket.routed', gen_random_uuid(), '{}')",
                webhook=webhook,
                team=team,
                ticket=triage.submit("account/other"),
            )

    return queue


@pytest.fixture
def senders(environment: dict[str, str]) -> Iterator[SenderThreads]:
    settings = read(TriageSettings, environment)
    engine = make_engine(settings, application="vidare-triage-worker", pool_size=CONNECTIONS)
    made = SenderThreads(engine, allow_private=True)
    yield made
    made.stop()
    eventually(lambda: not any(thread.name.startswith("webhooks") for thread in threading.enumerate()))
    engine.dispose()


def delivered(triage: Triage) -> Sequence[str]:
    return [row.team for row in triage.rows("select team from triage.webhook_calls where state = 'delivered'")]


def test_hanging_receivers_of_many_teams_leave_connections_to_the_others(
    senders: SenderThreads, queue_calls: Queue, triage: Triage, receiver: Receiver
) -> None:
    with receiving() as slow:
        slow.waiting = threading.Event()
        for team in HANGING:
            queue_calls(team, slow.url, THREADS_A_TEAM)
        # It wakes them all, again and again: a thread that found its team's webhook locked by the other one sleeps until then.
        senders.start()
        # All at once: the first of them has not ended yet.
        under_way = "select from triage.webhook_calls where leased_until is not null and last_error is null"
        eventually(lambda: len(triage.rows(under_way)) == len(HANGING) * THREADS_A_TEAM)
        queue_calls("ads", receiver.url, 1)
        senders.wake("ads")
        eventually(lambda: delivered(triage) == ["ads"])
        slow.waiting.set()
