"""Six tickets with known times, whose figures are computed by hand in the tests.

ads works Monday to Friday, 09:00–17:00 in Stockholm, which is an hour ahead of UTC; billing has no calendar. 2 November 2026 is a
Monday. Times below are UTC. Working time is what the requester waited for us in the hours of the team that had the ticket.

A, rule r1. Submitted Mon 08:00. First answer Mon 10:00 by Ada: 2 h. It waits for the requester until Tue 08:00.
   Resolved Tue 10:00 by Ada: 2 h + 2 h = 4 h.
B. Submitted Mon 15:30. Answered and resolved Tue 09:00 by Bea: 30 min + 1 h = 1.5 h. Reopened Wed 08:00.
   Resolved Wed 10:00 by Ada: 1.5 h + 2 h = 3.5 h.
C, rule r1. Submitted Mon 23:30, which is Tuesday in Stockholm. A program writes Tue 08:30.
   Disapproved Tue 12:00 by Ada, which is its first answer and its resolution: 4 h.
D. Submitted Mon 20:00 to billing; transferred to ads Tue 06:00.
   First answer Wed 09:00 by Bea: 10 h of billing + 8 h on Tuesday + 1 h on Wednesday = 19 h. Not resolved.
E. Submitted Tue 10:00. Withdrawn Wed 12:00, without an answer.
F. Submitted Wed 09:00. First answer Wed 09:30 by Bea: 30 min. Not resolved.
"""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.triage.reports.fold.fold_timeline import fold_timeline
from services.triage.rules.document.seed import seed_document
from shared.auth.principal import Role
from shared.auth.users import make_user
from tests.integration.triage.conftest import Caller, Triage

MINUTE, HOUR = 60, 3_600
WEEK = [("09:00", "17:00")] * 5
HOURS = dict(zip(("mon", "tue", "wed", "thu", "fri"), WEEK, strict=True))


@dataclass(frozen=True)
class Someone:
    """An account that wrote in the set."""

    id: UUID
    email: str
    name: str


def give_ads_office_hours(admin: Caller) -> None:
    """Activate a ruleset in which ads has a calendar."""
    document = seed_document()
    terms: Any = document["teams"]
    teams: dict[str, Any] = {name: dict(each) for name, each in terms.items()}
    teams["ads"]["calendar"] = {"timezone": "Europe/Stockholm", "hours": HOURS}
    saved = admin.post("/v1/rulesets", {"document": {**document, "teams": teams}, "comment": "hours"}, 201)
    admin.post(f"/v1/rulesets/{saved['number']}/activation", {"comment": "hours"})


class KnownTickets:
    """Writes the set. `people`: Ada and Bea of ads, and a program."""

    def __init__(self, triage: Triage) -> None:
        self.triage = triage
        roles: dict[str, Role] = {"Ada": "agent", "Bea": "agent", "Robot": "service"}
        self.people = {name: self._person(name, role) for name, role in roles.items()}

    def _person(self, name: str, role: Role) -> Someone:
        email = f"{name.lower()}@example.org"
        with self.triage.engine.begin() as connection:
            return Someone(make_user(connection, email, name, role, ["ads"]), email, name)

    def ticket(
        self, reference: str, at: str, category: str = "ads/metrics", rule: str | None = None, state: str = "open"
    ) -> None:
        """A routed ticket, submitted at `at` (`11-02 08:00`)."""
        team = category.partition("/")[0]
        self.triage.rows(
            """insert into triage.tickets (reference, team, state, category, priority, tags, message, email, details, missing_evidence,
                   key_number, correlation_id, created_at, ruleset, facts, decision)
               values (:reference, :team, :state, :category, 'normal', '{}', 'x', 'anna@example.com', '{}', '{}',
                   1, 'c', cast(:at as timestamptz), 1, '{}', cast(:decision as jsonb))""",
            reference=reference,
            team=team,
            state=state,
            category=category,
            at=_instant(at),
            decision=json.dumps({"team": team, "rules": {"team": rule}}),
        )
        self.entry(reference, at, "routed", team=team, priority="normal", state="open")

    def entry(
        self, reference: str, at: str, kind: str, by: str | None = None, message: str | None = None, **facts: Any
    ) -> None:
        """A timeline entry."""
        self.triage.rows(
            """insert into triage.timeline (ticket, at, kind, by, by_id, message, facts)
               values (:reference, cast(:at as timestamptz), :kind, :by, :by_id, :message, cast(:facts as jsonb))""",
            reference=reference,
            at=_instant(at),
            kind=kind,
            by=by,
            by_id=self.people[by].id if by else None,
            message=message,
            facts=json.dumps(facts),
        )

    def write(self) -> None:
        """All six, in the order in which it happened."""
        self.ticket("T-A", "11-02 08:00", rule="r1", state="resolved")
        self.entry("T-A", "11-02 10:00", "replied", "Ada", "Which ad?", then="wait")
        self.ticket("T-B", "11-02 15:30", state="resolved")
        self.ticket("T-D", "11-02 20:00", "billing/cost")
        self.ticket("T-C", "11-02 23:30", "ads/disapproved", rule="r1", state="resolved")
        self.entry(
            "T-D",
            "11-03 06:00",
            "transferred",
            "Ada",
            "Ours.",
            **{"from": "billing", "to": "ads", "cause": "wrong_team"},
        )
        self.triage.rows(
            "update triage.tickets set team = 'ads', owner = :bea where reference = 'T-D'", bea=self.people["Bea"].id
        )
        self.entry("T-A", "11-03 08:00", "answered_by_requester")
        self.entry("T-C", "11-03 08:30", "replied", "Robot", "Thank you.", then="keep")
        self.entry("T-B", "11-03 09:00", "replied", "Bea", "Done.", then="resolve")
        self.entry("T-A", "11-03 10:00", "resolved", "Ada", None, outcome="solved")
        self.ticket("T-E", "11-03 10:00", state="withdrawn")
        self.entry("T-C", "11-03 12:00", "disapproved", "Ada", "No.", reasons=["x"])
        self.entry("T-B", "11-04 08:00", "reopened")
        self.entry("T-D", "11-04 09:00", "replied", "Bea", "Soon.", then="keep")
        self.ticket("T-F", "11-04 09:00", state="waiting")
        self.entry("T-F", "11-04 09:30", "replied", "Bea", "Hello.", then="wait")
        self.entry("T-B", "11-04 10:00", "resolved", "Ada", None, outcome="solved")
        self.entry("T-E", "11-04 12:00", "withdrawn")


def fold_all(triage: Triage) -> int:
    """Run the tick until everything is counted; returns how often it found something."""
    runs = 0
    while True:
        with triage.engine.begin() as connection:
            if not fold_timeline(connection, triage.rulesets.active(connection).compiled):
                return runs
        runs += 1


def _instant(at: str) -> str:
    return f"2026-{at}:00+00"
