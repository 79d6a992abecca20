"""The ruleset as code reads it."""

from services.triage.rules.document.model import Calendar, RulesetDocument, TeamTerms


def test_the_zone_is_the_teams_else_the_rulesets() -> None:
    terms = {"ads": TeamTerms(None, Calendar("Europe/Stockholm", {})), "account": TeamTerms("24h")}
    document = RulesetDocument(1, "Asia/Tokyo", terms, {}, ())
    zones = [document.timezone_of(team) for team in ("ads", "account", "billing", None)]
    assert zones == ["Europe/Stockholm", "Asia/Tokyo", "Asia/Tokyo", "Asia/Tokyo"]
