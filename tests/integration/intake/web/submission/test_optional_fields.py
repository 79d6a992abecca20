""" "(optional)" stands at every question that may be left empty, and at no other; the script checks what the server does."""

from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient

from services.intake.submissions.validate import validate_submission
from services.intake.web.submission.evidence_sections import evidence_sections
from shared.catalog.loader import load
from shared.catalog.model import Category
from shared.errors import Unprocessable
from tests.integration.intake.web.conftest import Send

CATALOG = load()
MARK = {"en": "(optional)", "sv": "(valfritt)"}
EACH = pytest.mark.parametrize("path", [category.path for category in CATALOG.listed()])


class Questions(HTMLParser):
    """`labels`: the text of every label by the id of its field. `attributes`: those of every field by its name."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.labels: dict[str, str] = {}
        self.attributes: dict[str, dict[str, str | None]] = {}
        self._open = ""
        self._hidden = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "label" and given.get("for"):
            self._open = given["for"] or ""
            self.labels[self._open] = ""
        elif tag == "span" and self._open and "hidden" in given:
            self._hidden += 1
        elif tag in ("input", "select", "textarea") and given.get("id"):
            self.attributes[given["id"] or ""] = given

    def handle_endtag(self, tag: str) -> None:
        if tag == "span":
            self._hidden = 0
        if tag == "label":
            self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open and not self._hidden:
            self.labels[self._open] += data


def refused_empty(path: str) -> set[str]:
    """The ids of the fields that validation refuses to leave empty."""
    with pytest.raises(Unprocessable) as refused:
        validate_submission(CATALOG, {"category": path})
    return {name.replace(".", "-") for name in refused.value.errors}


def needed_evidence(category: Category) -> Iterator[str]:
    """The ids of the fields without which the ticket is held."""
    for section in evidence_sections(category, {}):
        if section.requirement != "optional":
            yield from (f"details-{slot.id}" for slot in section.slots)
        if section.asked and section.needs_file:
            yield "attachment"


@EACH
@pytest.mark.parametrize("language", ["en", "sv"])
def test_exactly_what_may_be_left_empty_is_marked(browser: FlaskClient, path: str, language: str) -> None:
    found = Questions(browser.get(f"/help/{path}/note?lang={language}").text)
    labels = {ident: text for ident, text in found.labels.items() if ident != "homepage"}
    assert {"email", "message", "attachment"} <= labels.keys()
    marked = {ident for ident, text in labels.items() if text.count(MARK[language]) == 1}
    needed = refused_empty(path) | set(needed_evidence(CATALOG.categories[path]))
    assert labels.keys() - marked == needed & labels.keys()
    assert refused_empty(path) <= labels.keys()
    assert not [text for ident, text in labels.items() if ident not in marked and "(" + MARK[language][1:5] in text]
    assert {ident for ident, given in found.attributes.items() if "required" in given} == refused_empty(path)


def test_a_file_that_is_needed_is_not_marked(send: Send) -> None:
    again = send("business/buyable-pins", email="", details__shop_platform="magento").text
    assert MARK["en"] not in Questions(again).labels["attachment"]
    other = send("business/buyable-pins", email="", details__shop_platform="shopify").text
    assert MARK["en"] in Questions(other).labels["attachment"]


def test_sending_more_marks_what_may_be_left_empty(browser: FlaskClient, send: Send) -> None:
    found = Questions(browser.get(send("account/content-removed").location).text)
    assert {ident for ident, text in found.labels.items() if MARK["en"] in text} == {"message", "attachment"}


@EACH
@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_script_has_the_servers_messages(
    intake: Flask, browser: FlaskClient, send: Send, path: str, language: str
) -> None:
    asked = Questions(browser.get(f"/help/{path}/note?lang={language}").text).attributes
    texts = {name: given for name, given in asked.items() if given.get("data-longest")}
    assert {"email", "name", "subject", "message", "username"} <= texts.keys()
    long = {str(given["name"]): "x" * (int(given["data-longest"] or 0) + 1) for given in texts.values()}
    page = send(path, query=f"?lang={language}", **long)
    assert page.status_code == 422
    for given in texts.values():
        assert f'<a href="#{given["id"]}">{given["data-too-long"]}</a>' in page.text.replace("&#39;", "'")
    within = {name: value[1:] for name, value in long.items()}
    again = send(path, query=f"?lang={language}", **within).text
    assert not [one for one in texts.values() if str(one["data-too-long"]) in again.split("<h1>")[0]]
    empty = send(path, query=f"?lang={language}", **dict.fromkeys(long, ""), details__brand_name="").text
    wrong = send(path, query=f"?lang={language}", **dict.fromkeys(long, "@")).text
    for given in asked.values():
        if "required" in given:
            assert f'<a href="#{given["id"]}">{given["data-required"]}</a>' in empty.replace("&#34;", '"')
        if given.get("type") == "email":
            assert f'<a href="#{given["id"]}">{given["data-wrong"]}</a>' in wrong
