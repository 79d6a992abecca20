"""Service levels at the console: plots drawn by the server, tables, CSV."""

import csv
import io
import re

import pytest
from flask import Flask

from services.triage.app import create_app
from services.triage.settings import TriageSettings
from shared.settings import read
from tests.integration.triage.conftest import People, Triage
from tests.integration.triage.console.conftest import SignedIn


@pytest.fixture(scope="module")
def app(environment: dict[str, str]) -> Flask:
    return create_app(read(TriageSettings, environment))


@pytest.fixture
def moved(triage: Triage, people: People) -> str:
    """Two tickets of ads, one transferred to billing because ads was the wrong team."""
    references = [triage.submit("ads/metrics") for _ in range(2)]
    people("admin").post(f"/v1/tickets/{references[0]}/transfer", {"team": "billing", "reason": "x"})
    return references[0]


def test_plots_and_tables_show_the_same_figures(signed_in: SignedIn, moved: str) -> None:
    page = signed_in("Lea", "lead", "ads").get("/reports/service-levels?weeks=2")
    plots = dict(re.findall(r'<svg [^>]*aria-label="([^:"]+): ([^"]*)"', page))
    assert list(plots) == [
        "Tickets by week",
        "First answer, in hours by week",
        "Misroutes by week",
        "Visits to help pages by week",
    ]
    assert re.fullmatch(r"\d+ \w+ 0, \d+ \w+ 2", plots["Tickets by week"])
    assert plots["Misroutes by week"].endswith(" 1")
    assert "<script" not in page.partition('class="plots"')[2].partition("<table")[0]
    assert re.search(r"<td>Ads</td><td>ads/metrics</td><td>2</td>", page)


def test_the_csv_holds_the_requested_weeks_and_team(signed_in: SignedIn, moved: str) -> None:
    lea = signed_in("Lea", "lead", "ads")
    answer = lea.open("/reports/service-levels.csv?team=ads&weeks=2")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="service-levels-ads.csv"'
    [row] = csv.DictReader(io.StringIO(answer.text))
    assert (row["team"], row["category"], row["volume"], row["misrouted"]) == ("ads", "ads/metrics", "2", "1")
    assert list(csv.DictReader(io.StringIO(lea.open("/reports/service-levels.csv?team=billing").text))) == []


def test_an_empty_system_has_a_message_and_an_empty_file(signed_in: SignedIn) -> None:
    aud = signed_in("Aud", "auditor")
    assert "No figures yet" in aud.get("/reports/service-levels")
    assert len(aud.open("/reports/service-levels.csv").text.splitlines()) == 1


@pytest.mark.parametrize("query", ["?weeks=x", "?weeks=-1", "?weeks=99999999999999999999", "?team=%00", "?team=nobody"])
def test_malformed_parameters_fall_back_to_defaults(signed_in: SignedIn, query: str) -> None:
    signed_in("Aud", "auditor").get(f"/reports/service-levels{query}")
