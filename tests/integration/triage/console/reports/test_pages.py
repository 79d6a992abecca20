"""The report of questions answered by help pages."""

from tests.integration.triage.conftest import Triage
from tests.integration.triage.console.conftest import SignedIn


def test_the_counts_of_each_topic_and_the_method_are_shown(triage: Triage, signed_in: SignedIn) -> None:
    for step, count in {"shown": 40, "solved": 11, "went_on": 9, "submitted": 6, "came_back": 2}.items():
        triage.rows(
            "insert into triage.help_counts (day, path, step, count)"
            " values ((now() at time zone 'UTC')::date, 'ads/loading', :step, :count)",
            step=step,
            count=count,
        )
    lead = signed_in("Lena", "lead", "ads")
    page = lead.get("/reports/deflection")
    assert "<td>ads/loading</td><td>40</td><td>11</td><td>9</td><td>6</td><td>2</td>" in page
    assert "80 %" in page  # 40 shown, 6 sent the form, 2 came back
    assert "without cookies" in page
    assert 'href="/reports/deflection"' in lead.get("/reports/misroutes")


def test_an_empty_report_has_a_message_and_agents_do_not_read_it(triage: Triage, signed_in: SignedIn) -> None:
    assert "No visits yet" in signed_in("Ada", "admin").get("/reports/deflection")
    signed_in("Anna", "agent", "ads").get("/reports/deflection", 403)
