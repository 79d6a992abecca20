"""Satisfaction at the console: on the ticket, as a report with a plot, a table and CSV, and beside misroutes."""

import csv
import io
import re

import pytest

from tests.integration.triage.conftest import People, Triage
from tests.integration.triage.console.conftest import SignedIn
from tests.integration.triage.satisfaction.conftest import Resolved

HOSTILE = "‮<script>alert(1)</script> =1+1"


@pytest.fixture
def answered(triage: Triage, people: People) -> str:
    """Two resolved tickets of ads and one of billing; the first has an answer. Returns it."""
    resolved = Resolved(triage, people("admin", name="Ada"))
    reference, event = resolved.new()
    resolved.new("reply")
    resolved.new(category="billing/cost")
    triage.take(resolved.given(reference, event, "bad", HOSTILE))
    return reference


def test_the_ticket_shows_the_answer_and_its_comment(signed_in: SignedIn, answered: str) -> None:
    page = signed_in("Anna", "agent", "ads").get(f"/tickets/{answered}")
    section = page.partition("<h2>Satisfaction</h2>")[2].partition("</section>")[0]
    assert "<strong>Bad</strong>" in section
    assert "&lt;script&gt;alert(1)&lt;/script&gt; =1+1" in section
    assert "said that the help was bad" in page
    assert "<script>alert(1)" not in page


def test_plot_table_and_csv_show_the_same_figures(signed_in: SignedIn, answered: str) -> None:
    lea = signed_in("Lea", "lead", "ads")
    page = lea.get("/reports/satisfaction?by=team")
    assert re.search(r'aria-label="Satisfaction by day: [^"]* 1"', page)
    assert "<script" not in page.partition('class="plots one"')[2].partition("<table")[0]
    row = r"<td>{}</td><td>{}</td><td>{}</td><td>{}</td>"
    assert re.search(r"Ads</th>" + row.format(2, 1, r"0 <span[^>]*>0 %</span>", 1), page)
    assert re.search(r"Billing</th>" + row.format(1, 0, 0, 0), page)
    assert re.search(r"All</th>" + row.format(3, 1, r"0 <span[^>]*>0 %</span>", 1), page)
    link = re.search(r'href="(/reports/satisfaction.csv[^"]*)"', page)
    assert link
    answer = lea.open(link[1].replace("&amp;", "&"))
    assert answer.content_type == "text/csv; charset=utf-8"
    assert re.search(r'filename="satisfaction-[\d-]+\.csv"', answer.headers["Content-Disposition"])
    assert list(csv.reader(io.StringIO(answer.text))) == [
        ["team", "sent", "answered", "good", "bad"],
        ["ads", "2", "1", "0", "1"],
        ["billing", "1", "0", "0", "0"],
    ]


def test_each_grouping_has_its_table_and_rows_without_a_key_have_words(signed_in: SignedIn, answered: str) -> None:
    lea = signed_in("Lea", "lead", "ads")
    assert "billing/cost" in lea.get("/reports/satisfaction?by=category")
    assert "no rule: by its topic" in lea.get("/reports/satisfaction?by=rule")
    assert "Ada" in lea.get("/reports/satisfaction?by=agent")
    rows = list(csv.reader(io.StringIO(lea.open("/reports/satisfaction.csv?by=rule").text)))
    assert rows == [["rule", "sent", "answered", "good", "bad"], ["", "3", "1", "0", "1"]]


def test_it_is_on_the_overview_of_leads(triage: Triage, signed_in: SignedIn, answered: str) -> None:
    triage.rows("update triage.satisfaction set resolved_at = resolved_at - interval '1 day'")
    page = signed_in("Lea", "lead", "ads", "billing").get("/reports")
    section = page.partition('<h2 id="r-satisfaction"')[2].partition("</section>")[0]
    assert "<strong>1</strong>" in section
    assert "Asked 3 · Bad 1" in section
    assert 'id="r-satisfaction"' not in signed_in("Anna", "agent", "ads").get("/reports")


def test_a_formula_in_a_key_is_text_in_the_csv(triage: Triage, signed_in: SignedIn, answered: str) -> None:
    triage.rows("update triage.satisfaction set rule = '=1+1'")
    assert "'=1+1," in signed_in("Lea", "lead", "ads").open("/reports/satisfaction.csv?by=rule").text


def test_agents_do_not_read_it(signed_in: SignedIn) -> None:
    assert "No figures" in signed_in("Aud", "auditor").get("/reports/satisfaction")
    anna = signed_in("Anna", "agent", "ads")
    anna.get("/reports/satisfaction", 403)
    anna.open("/reports/satisfaction.csv", 403)
