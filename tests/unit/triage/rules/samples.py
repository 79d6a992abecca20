"""Names, documents and tickets for the tests of the rules."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from services.triage.rules.document.parse import parse_document
from services.triage.rules.engine.compile import CompiledRuleset, compile_ruleset
from services.triage.rules.engine.facts import Ticket, facts_of
from shared.conditions import Vocabulary

NOW = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)  # a Friday

_PATHS = {
    "account": "password login safe-mode close content-missing feed content-removed suspended username other",
    "business": "pin-button widget site-trouble analytics rich-pins buyable buyable-pins buyable-pins/status blocked-link other",
    "ads": "pin-not-listed loading getting-started metrics disapproved other",
    "billing": "card-declined cost receipt other",
}
VOCABULARY = Vocabulary(
    categories=frozenset(f"{top}/{path}" for top, paths in _PATHS.items() for path in paths.split()),
    details={
        "closed_on": None,
        "card_country": None,
        "card_type": frozenset(("credit", "debit", "prepaid")),
        "shop_platform": frozenset(("shopify", "demandware", "magento", "other")),
        "cannot_provide": None,
    },
    evidence=frozenset(("removed_link", "screenshot", "compliance_document", "site_url", "pin_url")),
    teams=frozenset(("account", "business", "ads", "billing")),
)
DEFAULT_TEAMS = {"account": "account", "business": "business", "ads": "ads", "billing": "billing"}
SEED = Path(__file__).parents[4] / "services/triage/rules/document/seed.yaml"


def document(*rules: Mapping[str, object], **settings: object) -> dict[str, object]:
    """A whole document around some rules."""
    return {"language": 1, "default_teams": DEFAULT_TEAMS, "rules": list(rules), **settings}


def ruleset(*rules: Mapping[str, object], **settings: object) -> CompiledRuleset:
    """The compiled ruleset of a document that must be valid."""
    read, errors = parse_document(document(*rules, **settings), VOCABULARY)
    assert read is not None, errors
    return compile_ruleset(read)


def facts(category: str = "account/login", **ticket: object) -> dict[str, object]:
    """The facts of a ticket submitted at NOW."""
    return facts_of(Ticket(category, **ticket), NOW)  # type: ignore[arg-type]
