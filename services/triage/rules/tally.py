"""The figures of a replay: counts where a draft would decide otherwise than was decided. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.triage.rules.engine.compile import CompiledRuleset
from services.triage.rules.engine.decide import combine, matching_rules, prepare_facts
from services.triage.rules.engine.decision import Decision
from shared.conditions import Facts

# What a replay compares, in the order of its table.
FACETS = ("team", "priority", "held", "respond_within", "tags")


@dataclass
class Tally:
    """The figures so far. Keys of the counters are "from>to"; names of teams have no such character.

    `matched` counts by a rule's id the tickets that it matched, whether it decided anything or not.
    """

    teams: Counter[str] = field(default_factory=Counter)
    priorities: Counter[str] = field(default_factory=Counter)
    holds: Counter[str] = field(default_factory=Counter)
    matched: Counter[str] = field(default_factory=Counter)
    changed: int = 0
    resolved: int = 0
    agreed_then: int = 0
    agreed_draft: int = 0

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> "Tally":
        """What as_document gave."""
        tally = cls()
        for name, value in document.items():
            setattr(tally, name, Counter(value) if isinstance(value, dict) else value)
        return tally

    def as_document(self) -> dict[str, object]:
        """The tally as JSON."""
        return dict(vars(self))

    @property
    def agreement(self) -> dict[str, float | None]:
        """The share of resolved tickets routed to the team that resolved them: then, and by the draft."""
        if not self.resolved:
            return {"then": None, "draft": None}
        return {
            "then": round(self.agreed_then / self.resolved, 4),
            "draft": round(self.agreed_draft / self.resolved, 4),
        }

    def count(self, ruleset: CompiledRuleset, facts: Facts, then: Mapping[str, Any], resolver: str | None) -> "Change":
        """Decide about one past ticket and count it. `then` is the decision of that day as it was stored.

        `resolver` is the team that resolved the ticket, None for one that is not resolved. Returns what is different,
        empty where nothing is.
        """
        seen = prepare_facts(ruleset, facts)
        matching = matching_rules(ruleset, seen)
        decision = combine(ruleset, matching, seen)
        for rule in matching:
            self.matched[rule.id] += 1
        team = then["team"]
        self.teams[f"{team}>{decision.team}"] += 1
        if resolver is not None:
            self.resolved += 1
            self.agreed_then += team == resolver
            self.agreed_draft += decision.team == resolver
        change = difference_of(then, decision)
        if change:
            self.changed += 1
            self._count_changed(change)
        return change

    def _count_changed(self, change: "Change") -> None:
        for name, counter in (("priority", self.priorities), ("held", self.holds)):
            if name in change:
                before, after = change[name]
                counter[f"{before}>{after}"] += 1


# By facet: what was decided then, and what the draft decides.
Change = dict[str, tuple[object, object]]


def difference_of(then: Mapping[str, Any], decision: Decision) -> Change:
    """The facets that the draft decides otherwise. The order of tags is no difference."""
    change: Change = {}
    if then["team"] != decision.team:
        change["team"] = (then["team"], decision.team)
    if then["priority"] != decision.priority:
        change["priority"] = (then["priority"], decision.priority)
    if then["held"] != decision.held:
        change["held"] = (then["held"], decision.held)
    if then["respond_within"] != decision.respond_within:
        change["respond_within"] = (then["respond_within"], decision.respond_within)
    tags: Sequence[str] = then["tags"]
    if tags or decision.tags:
        before = set(tags)
        if before != set(decision.tags):
            change["tags"] = (sorted(before), sorted(set(decision.tags)))
    return change


def pairs(counter: Mapping[str, int]) -> list[dict[str, object]]:
    """A counter of "from>to" as rows, the largest first."""
    rows = [(key.split(">", 1), count) for key, count in counter.items()]
    rows.sort(key=lambda row: (-row[1], row[0]))
    return [{"from": before, "to": after, "count": count} for (before, after), count in rows]
