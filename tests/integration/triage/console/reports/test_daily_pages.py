"""Daily reports at the console: the overview, a page each with plot and tables, CSV."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest

from services.triage.reports.daily.registry import REPORTS
from tests.integration.triage.conftest import People, Triage
from tests.integration.triage.console.conftest import SignedIn
from tests.integration.triage.reports.known_tickets import KnownTickets, fold_all, give_ads_office_hours

DAYS = "from=2026-11-02&to=2026-11-04"


@pytest.fixture
def written(triage: Triage, people: People) -> KnownTickets:
    give_ads_office_hours(people("admin"))
    made = KnownTickets(triage)
    made.write()
    fold_all(triage)
    return made


def _plots(page: str) -> dict[str, str]:
    return dict(re.findall(r'<svg [^>]*aria-label="([^:"]+): ([^"]*)"', page))


def test_a_report_draws_what_its_tables_hold(signed_in: SignedIn, written: KnownTickets) -> None:
    page = signed_in("Lea", "lead", "ads").get(f"/reports/volume?{DAYS}")
    assert _plots(page) == {"Volume by day": "2 Nov 3, 3 Nov 2, 4 Nov 1"}
    assert re.search(r'<th scope="row">Ads</th><td>5</td><td class="soft">–</td>', page)
    assert '<th scope="row">All</th><td>6</td><td class="soft">0</td>' in page
    assert '<th scope="row">Mon 2 Nov 2026</th><td>3</td>' in page
    assert "6 more" in page
    waits = signed_in("Lara", "lead", "ads").get(f"/reports/first-answer?{DAYS}&by=agent")
    assert _plots(waits) == {"First answer, in hours by day": "2 Nov 2 h, 3 Nov 4 h, 4 Nov 19 h"}
    assert '<bdi title="bea@example.org">Bea</bdi></th><td>3</td><td>1 h 30 min</td><td>19 h</td>' in waits


def test_earlier_and_later_keep_the_filters(signed_in: SignedIn, written: KnownTickets) -> None:
    page = signed_in("Lea", "lead", "ads").get(f"/reports/volume?{DAYS}&by=category&team=ads")
    links = dict(re.findall(r'<a href="([^"]+)" aria-keyshortcuts="([,.])"', page))
    assert set(links.values()) == {",", "."}
    for address in links:
        assert "by=category" in address
        assert "team=ads" in address
    assert any("from=2026-10-30&amp;to=2026-11-01" in address for address in links)
    assert any("from=2026-11-05&amp;to=2026-11-07" in address for address in links)


def test_csv_by_key_and_by_day(signed_in: SignedIn, written: KnownTickets) -> None:
    lea = signed_in("Lea", "lead", "ads")
    answer = lea.open(f"/reports/resolution.csv?{DAYS}&by=agent")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="resolution-2026-11-02-2026-11-04.csv"'
    [row] = csv.DictReader(io.StringIO(answer.text))
    assert row == {
        "agent": "ada@example.org",
        "name": "Ada",
        "count": "3",
        "median_seconds": "14400",
        "p90_seconds": "14400",
    }
    days = list(csv.DictReader(io.StringIO(lea.get(f"/reports/volume.csv?{DAYS}&rows=days"))))
    assert [(day["day"], day["count"]) for day in days] == [
        ("2026-11-02", "3"),
        ("2026-11-03", "2"),
        ("2026-11-04", "1"),
    ]


def test_a_spreadsheet_takes_no_key_for_a_formula(signed_in: SignedIn, triage: Triage, people: People) -> None:
    made = KnownTickets(triage)
    made.ticket("T-X", "11-02 08:00", rule="=1+1")
    fold_all(triage)
    assert "'=1+1,1" in signed_in("Lea", "lead", "ads").get("/reports/volume.csv?by=rule&from=2026-11-01&to=2026-11-03")


def test_the_overview_compares_yesterday_with_the_day_before(signed_in: SignedIn, triage: Triage) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    for days, count in ((0, 3), (1, 5)):
        for _ in range(count):
            triage.submit("ads/metrics", submitted_at=(yesterday - timedelta(days=days)).isoformat())
    triage.submit("billing/cost", submitted_at=yesterday.isoformat())
    fold_all(triage)
    lea = signed_in("Lea", "lead", "ads")
    page = lea.get("/reports")
    assert set(re.findall(r'<h2 id="r-([a-z-]+)"', page)) == set(REPORTS)
    volume = page.partition('id="r-volume"')[2].partition("</section>")[0]
    assert re.search(r"<strong>3</strong>.*2 fewer", volume)
    assert len(_plots(page)["Volume by day"].split(", ")) == 14
    everything = lea.get("/reports?team=").partition('id="r-volume"')[2]
    assert re.search(r"<strong>4</strong>.*1 fewer", everything)
    href = re.search(r'<a href="(/reports/volume[^"]+)"', volume)
    assert href
    assert "<strong>3</strong>" in lea.get(href[1].replace("&amp;", "&"))


def test_agents_see_their_teams_figures_and_no_agents(signed_in: SignedIn, written: KnownTickets) -> None:
    anna = signed_in("Anna", "agent", "billing")
    page = anna.get(f"/reports/volume?{DAYS}")
    assert '<th scope="row">All</th><td>1</td>' in page
    assert 'value="agent"' not in page
    assert "Misroutes" not in anna.get("/reports")
    anna.get("/reports/volume?by=agent", 403)
    anna.get("/reports/volume?team=ads", 403)
    anna.get("/reports/volume.csv?by=agent", 403)


def test_all_reports_are_in_one_list(signed_in: SignedIn) -> None:
    titles = ["This morning", *(report.title for report in REPORTS.values()), "Service levels", "Misroutes"]
    for path in ("/reports", "/reports/volume", "/reports/service-levels", "/reports/misroutes", "/reports/deflection"):
        page = signed_in(f"Aud{len(path)}", "auditor").get(path)
        found = re.search(r'<nav aria-label="Reports".*?</nav>', page, re.DOTALL)
        assert found
        assert all(title in found[0] for title in titles)
        assert found[0].count('aria-current="page"') == 1


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("from=x", 422),
        ("from=2026-11-04&to=2026-11-02", 422),
        ("by=colour", 422),
        ("team=nobody", 404),
        ("agent=nobody@example.org", 422),
        ("category=%00&rule=%00", 422),
        ("agent=%00", 422),
        ("from=&to=&team=&category=&rule=&agent=", 200),
    ],
)
def test_bad_input_gets_a_page_that_names_it(signed_in: SignedIn, query: str, status: int) -> None:
    signed_in("Aud", "auditor").get(f"/reports/volume?{query}", status)


def test_an_empty_report_has_a_message(signed_in: SignedIn) -> None:
    assert "No figures" in signed_in("Aud", "auditor").get("/reports/first-answer")
