"""A ticket never has two live claims, even with many simultaneous claimers."""

import threading
from collections import Counter

from services.triage.claims.claim_next import claim_next
from shared.settings import DEFAULT_TEAMS, PlatformSettings
from shared.storage.database import make_engine
from tests.integration.triage.conftest import Triage, person, submitted

CLAIMERS = 50


def test_fifty_claimers_share_ten_thousand_tickets(triage: Triage, settings: PlatformSettings) -> None:
    triage.take(submitted("ads/metrics"))
    triage.rows("""
        insert into triage.tickets (reference, team, state, category, priority, tags, message, email, details, missing_evidence,
            key_number, correlation_id, created_at, respond_by, ruleset, facts, decision)
        select 'R-' || n, team, state, category, priority, tags, message, email, details, missing_evidence, key_number,
            correlation_id, created_at, respond_by + n % 100 * interval '1 second', ruleset, facts, decision
        from triage.tickets, generate_series(1, 9999) as n
    """)
    # A connection each: on a busy machine the fiftieth would wait too long for one of a few.
    wide = make_engine(settings, application="tests-claimers", pool_size=CLAIMERS)
    barrier = threading.Barrier(CLAIMERS)
    claimed: list[str] = []
    failures: list[BaseException] = []

    def claimer(number: int) -> None:
        agent = person("agent", "ads", name=f"agent {number}")
        barrier.wait()
        try:
            while True:
                with wide.begin() as connection:
                    claims = claim_next(connection, "ads", agent, 50, 600, DEFAULT_TEAMS)
                if not claims:
                    return
                claimed.extend(claim.ticket["reference"] for claim in claims)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=claimer, args=(number,)) for number in range(CLAIMERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wide.dispose()
    assert failures == []
    assert [reference for reference, times in Counter(claimed).items() if times > 1] == []
    assert len(claimed) == 10_000
    live = triage.rows("select count(*), count(distinct ticket) from triage.claims where ended_at is null")[0]
    assert tuple(live) == (10_000, 10_000)
