"""The rows of lists: two lines each, with an ellipsis for what is longer; stacked on a telephone."""

import pytest

from tests.browser.console.conftest import OpenSignedIn
from tests.browser.console.layout import wrong_on
from tests.integration.triage.conftest import Triage

SUBJECT = "My advertisement about homemade candles was disapproved for the second time and nobody told me why"
NAME = "Maximiliane Josefine von Rosenbaum-Lindqvist"
ADDRESS = "maximiliane.lindqvist@example.org"

# How many lines the parts of a row stand on.
LINES = """(row) => {
    const lines = [];
    for (const each of row.querySelectorAll(".row-words, .row-files, .row-subject .tag, .row-snippet")) {
        const { top, bottom } = each.getBoundingClientRect();
        const middle = (top + bottom) / 2;
        if (!lines.some((line) => Math.abs(line - middle) < 8)) lines.push(middle);
    }
    return lines.length;
}"""
IS_CUT = "(each) => each.scrollWidth > each.clientWidth"


def _submit(triage: Triage) -> None:
    file = {"id": "0" * 32, "object": "a", "media_type": "image/png", "size": 5, "sha256": "00", "state": "clean"}
    files = {"attachments": [file], "attachment_names": {"0" * 32: "a.png"}}
    reference = triage.submit("ads/disapproved", subject=SUBJECT, name=NAME, locale="sv", message="Hej " * 60, **files)
    tags = "{complaint,second-time,vip-customer}"
    triage.rows("update triage.tickets set tags = :tags where reference = :r", tags=tags, r=reference)
    triage.follow_up(reference, message="Hello again, " * 20)
    triage.submit("ads/disapproved", subject=SUBJECT, name=None, email=ADDRESS)


@pytest.mark.parametrize("width", [1280, 1024])
def test_a_row_has_two_lines(triage: Triage, signed_in_page: OpenSignedIn, width: int) -> None:
    _submit(triage)
    page = signed_in_page("Anna", "agent", "ads", width=width)
    rows = page.locator("#rows .row")
    for row in rows.all():
        assert row.evaluate("(each) => each.getBoundingClientRect().height") < 60
        assert row.evaluate(LINES) == 2
    first = rows.first
    assert first.locator(".row-words").evaluate(IS_CUT)
    assert first.locator(".row-words").get_attribute("title") == SUBJECT
    assert first.locator(".row-person").get_attribute("title") == NAME
    for whole in (".again", ".row-files", ".row-below .tag >> nth=0"):
        assert not first.locator(whole).evaluate(IS_CUT)
    assert wrong_on(page) == []


def test_on_a_telephone_nothing_of_a_row_is_cut(triage: Triage, signed_in_page: OpenSignedIn) -> None:
    _submit(triage)
    page = signed_in_page("Anna", "agent", "ads", width=390)
    for part in page.locator(".row-words, .row-person, .row-subject .tag").all():
        assert not part.evaluate(IS_CUT)
    # An address is one word.
    line = page.locator(".row-person").last
    assert line.evaluate(
        "(each) => each.getBoundingClientRect().height < 1.6 * parseFloat(getComputedStyle(each).fontSize)"
    )
    assert wrong_on(page) == []
