"""Random rulesets and tickets that use the same values."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from services.triage.rules.engine.facts import Ticket, facts_of
from tests.unit.triage.rules.samples import DEFAULT_TEAMS

CATEGORIES = [
    "account/login",
    "ads/disapproved",
    "business/buyable",  # not above the next, whose name begins with it
    "business/buyable-pins",
    "business/buyable-pins/status",
    "billing/cost",
]
COUNTRIES = ["SE", "US", "gb"]
PLATFORMS = ["web", "ios", "android"]
WORDS = [
    "hacked",
    "Kvitto",
    "räkning",
    "credit card",
    "card of credit",
    "straße",
    "ﬁn",
    "почта",
    "Ελλάδα",
    "a-b",
    "100",
]
DOMAINS = ["example.com", "Shop.example"]
EVIDENCE = ["removed_link", "screenshot"]
TYPES = ["gif", "jpeg", "png", "pdf"]
AGES = [0, 6 * 86_400, 7 * 86_400, 7 * 86_400 + 1, 60 * 86_400]  # seconds
DETAILS: dict[str, list[Any]] = {
    "closed_on": ["2026-11-01", 7, 1, True],
    "card_type": ["credit", "debit", "prepaid"],
    "cannot_provide": EVIDENCE,
}
PATTERNS = ["hack(ed|ad)", "^Kvi", "[0-9]+", "a.b$", "(?i)shop", "^business/.*status$", "s", r"[a-z]\n[a-z]"]


def _values(field: str, values: list[Any]) -> st.SearchStrategy[dict[str, Any]]:
    one = st.sampled_from(values)
    return st.one_of(
        one.map(lambda value: {"field": field, "is": value}),
        st.lists(one, min_size=1, max_size=3).map(lambda several: {"field": field, "in": several}),
        st.booleans().map(lambda there: {"field": field, "exists": there}),
    )


def _numbers(field: str, largest: int, **more: Any) -> st.SearchStrategy[dict[str, Any]]:
    number = st.integers(0, largest)
    return st.one_of(
        number.map(lambda value: {"field": field, "is": value, **more}),
        st.lists(number, min_size=1, max_size=3).map(lambda several: {"field": field, "in": several, **more}),
        number.map(lambda value: {"field": field, "at_least": value, **more}),
        number.map(lambda value: {"field": field, "at_most": value, **more}),
        st.tuples(number, number).map(lambda two: {"field": field, "at_least": two[0], "at_most": two[1], **more}),
    )


def _texts(field: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(
            lambda some: {"field": field, "contains_any": some}
        ),
        _patterns(field),
        _values(field, ["hacked", "a\nb"]),
    )


def _patterns(field: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.sampled_from(PATTERNS).map(lambda one: {"field": field, "matches": one})


def _exists(field: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.booleans().map(lambda there: {"field": field, "exists": there})


TESTS = st.one_of(
    _values("category", CATEGORIES),
    st.sampled_from([*CATEGORIES, "business", "ads"]).map(lambda path: {"field": "category", "within": path}),
    _values("country", COUNTRIES),
    _values("platform", PLATFORMS),
    _values("email_domain", DOMAINS),
    _values("locale", ["sv", "en"]),
    _values("attachment.type", TYPES),
    _values("missing_evidence", EVIDENCE),
    _values("weekday", ["mon", "fri", "sat"]),
    *(_values(f"details.{name}", values) for name, values in DETAILS.items()),
    *(_texts(field) for field in ("subject", "message", "text", "details.closed_on")),
    *(_patterns(field) for field in ("category", "locale", "email_domain")),
    *(_exists(field) for field in ("hour", "attachment.count")),
    _numbers("hour", 23),
    _numbers("attachment.count", 3),
    _numbers("previous_tickets", 2),
    _numbers("previous_tickets", 2, days=7),
    _numbers("previous_tickets", 2, days=7, same_path=True),
    _numbers("previous_tickets", 2, same_path=True),
)
CONDITIONS = st.recursive(
    TESTS,
    lambda inner: st.builds(
        lambda kind, members: {kind: members}, st.sampled_from(["all", "any", "none"]), st.lists(inner, max_size=4)
    ),
    max_leaves=8,
)
EFFECTS = st.fixed_dictionaries(
    {"priority": st.sampled_from(["low", "normal", "high", "urgent"])},
    optional={
        "team": st.sampled_from(list(DEFAULT_TEAMS)),
        "tags": st.lists(st.sampled_from("abc"), min_size=1, max_size=3),
        "respond_within": st.sampled_from(["30m", "8h"]),
        "hold": st.just("evidence"),
    },
).flatmap(
    lambda full: st.sampled_from(sorted(full)).map(
        lambda dropped: {name: value for name, value in full.items() if name != dropped or len(full) == 1}
    )
)


@st.composite
def documents(draw: st.DrawFn, max_rules: int = 12) -> dict[str, Any]:
    """A valid ruleset document."""
    rules = []
    for number in range(draw(st.integers(0, max_rules))):
        rule: dict[str, Any] = {"id": f"rule-{number}", "then": draw(EFFECTS)}
        when = draw(st.none() | CONDITIONS)
        rules.append(rule if when is None else {**rule, "when": when})
    return {
        "language": 1,
        "timezone": draw(st.sampled_from(["UTC", "Europe/Stockholm", "Asia/Kathmandu"])),
        "teams": draw(st.sampled_from([{}, {"ads": {"respond_within": "8h"}, "billing": {"respond_within": "2d"}}])),
        "default_teams": DEFAULT_TEAMS,
        "rules": rules,
    }


@st.composite
def plain_documents(draw: st.DrawFn, rules: int = 30) -> dict[str, Any]:
    """A document in which each rule is one test and sets its own tag, which shows the wrong rule."""
    tests = draw(st.lists(TESTS, min_size=rules, max_size=rules))
    return {
        "language": 1,
        "timezone": draw(st.sampled_from(["UTC", "Europe/Stockholm", "Asia/Kathmandu"])),
        "default_teams": DEFAULT_TEAMS,
        "rules": [{"id": f"r{n}", "when": test, "then": {"tags": [f"t{n}"]}} for n, test in enumerate(tests)],
    }


_TEXTS = st.lists(
    st.sampled_from([*WORDS, "HACKED!", "kvittot", "credit, card", "STRASSE", "ΕΛΛΑΔΑ", "a\nb"]) | st.text(max_size=5),
    max_size=8,
).map(" ".join)


@st.composite
def facts(draw: st.DrawFn) -> Mapping[str, Any]:
    now = datetime.fromtimestamp(draw(st.integers(1_760_000_000, 1_800_000_000)), UTC)
    earlier = st.builds(
        lambda category, age: {"category": category, "submitted_at": now - timedelta(seconds=age)},
        st.sampled_from(CATEGORIES),
        st.sampled_from(AGES),
    )
    ticket = Ticket(
        category=draw(st.sampled_from(CATEGORIES)),
        locale=draw(st.sampled_from([None, "sv", "en", ""])),
        country=draw(st.sampled_from([None, *COUNTRIES])),
        platform=draw(st.sampled_from([None, *PLATFORMS])),
        email=draw(st.sampled_from([None, *(f"anna@{domain}" for domain in DOMAINS)])),
        subject=draw(st.none() | _TEXTS),
        message=draw(_TEXTS),
        details=draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "closed_on": st.sampled_from(["", "Kvitto hacked", *DETAILS["closed_on"]]),
                    "card_type": st.sampled_from(DETAILS["card_type"]),
                    "cannot_provide": st.lists(st.sampled_from(EVIDENCE)),
                },
            )
        ),
        attachment_types=draw(
            st.lists(st.sampled_from(["image/gif", "image/jpeg", "application/pdf", "text/plain"]), max_size=2)
        ),
        missing_evidence=draw(st.lists(st.sampled_from(EVIDENCE), max_size=2)),
        earlier_tickets=draw(st.lists(earlier, max_size=3)),
    )
    return facts_of(ticket, now)
