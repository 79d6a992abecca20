"""Facts of tickets like those that people write, and a database full of such tickets."""

import json
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, text

from services.triage.routing.decide_route import as_document
from services.triage.rules.document.parse import parse_document
from services.triage.rules.document.seed import seed_document
from services.triage.rules.document.vocabulary import vocabulary_of
from services.triage.rules.engine.compile import compile_ruleset
from services.triage.rules.engine.decide import decide
from services.triage.rules.engine.facts import Ticket, facts_of
from shared.catalog import load
from shared.settings import DEFAULT_TEAMS

# Some 70 words, as in texts that people write.
_SENTENCES = (
    "I tried to reset my password twice today and never got the mail.",
    "My ad was disapproved although I changed the picture as you asked.",
    "Could you please send the invoice for October to our office?",
    "The button on our site doesn't load since last week's update.",
    "Someone changed my e-mail address and I think I've been hacked.",
    "Jag har väntat i fyra dagar nu och skulle vilja få ett svar.",
    "We sell handmade lamps and would like to start advertising soon.",
    "The pins of our shop are not shown when customers search for them.",
    "My card was declined even though the bank says that it is valid.",
    "Thanks in advance for your help, it's really appreciated!",
)


def _past_facts(count: int = 2_000) -> list[Mapping[str, object]]:
    chance, categories = random.Random(11), sorted(load().categories)
    now = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
    return [
        facts_of(
            Ticket(
                category=chance.choice(categories),
                locale=chance.choice(("en", "sv")),
                country=chance.choice(("US", "SE", "DE", "BR", None)),
                platform=chance.choice(("web", "ios", "android")),
                email=f"someone@shop{chance.randrange(500)}.example",
                subject=chance.choice(_SENTENCES)[:40],
                message=" ".join(chance.choices(_SENTENCES, k=6)),
                missing_evidence=("pin_url",) if chance.random() < 0.1 else (),
            ),
            now,
        )
        for _ in range(count)
    ]


PAST_FACTS = _past_facts()

_TICKETS = text("""
    insert into triage.tickets (
        reference, team, state, category, priority, tags, subject, message, email, details, missing_evidence, key_number,
        correlation_id, created_at, ruleset, facts, decision)
    select 'T-' || lpad(number::text, 9, '0'), past.team, case when number % 3 = 0 then 'resolved' else 'open' end, past.category,
           'normal', '{}', past.subject, past.message, 'a@example.com', '{}', '{}', 1, 'c',
           now() - interval '29 days' + number * interval '1 second', 1, past.facts, past.decision
    from generate_series(1, :count) as number
    join jsonb_to_recordset(cast(:kinds as jsonb)) as past (
        kind integer, team text, category text, subject text, message text, facts jsonb, decision jsonb)
      on past.kind = number % :kind_count
""")


def fill(engine: Engine, count: int) -> None:
    """Put `count` tickets into an empty database, made of PAST_FACTS and decided by the seed ruleset."""
    parsed, _ = parse_document(seed_document(), vocabulary_of(load(), DEFAULT_TEAMS))
    if parsed is None:
        raise ValueError("the seed is wrong")
    seed = compile_ruleset(parsed)
    kinds = []
    for kind, facts in enumerate(PAST_FACTS):
        decision = decide(seed, facts)
        kept: dict[str, Any] = {name: value for name, value in facts.items() if name not in ("subject", "message")}
        kinds.append(
            {
                "kind": kind,
                "team": decision.team,
                "category": facts["category"],
                "subject": facts["subject"],
                "message": facts["message"],
                "facts": kept,
                "decision": as_document(decision),
            }
        )
    with engine.begin() as connection:
        connection.execute(_TICKETS, {"count": count, "kinds": json.dumps(kinds), "kind_count": len(kinds)})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze triage.tickets"))
