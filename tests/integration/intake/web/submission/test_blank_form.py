"""The form before anything is entered: kept by category and language, with a token of each visitor's own."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.integration.intake.web.conftest import token_in

PAGE = "/help/account/login/note"


def test_each_visitor_has_a_token_and_else_the_same_page(browser: FlaskClient) -> None:
    first, second = browser.get(PAGE), browser.get(PAGE)
    assert token_in(first) != token_in(second)
    assert first.text.replace(token_in(first), "") == second.text.replace(token_in(second), "")


ADDRESSES = (PAGE, f"{PAGE}?lang=sv", f"{PAGE}?lang=en", f"{PAGE}?lang=xx", "/help/account/other/note")


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_page_is_kept_for_another(browser: FlaskClient, intake: Flask, address: str) -> None:
    browser.get(PAGE)
    intake.extensions["blank_forms"].clear()
    alone = browser.get(address)
    intake.extensions["blank_forms"].clear()
    for other in ADDRESSES:
        browser.get(other)
    kept = browser.get(address)
    assert kept.text.replace(token_in(kept), "") == alone.text.replace(token_in(alone), "")


def test_the_browsers_language_decides_where_the_address_does_not(browser: FlaskClient) -> None:
    english = browser.get(PAGE)
    swedish = browser.get(PAGE, headers={"Accept-Language": "sv"})
    assert (english.headers["Content-Language"], swedish.headers["Content-Language"]) == ("en", "sv")
    assert '<html lang="sv"' in swedish.text


def test_invented_addresses_are_not_kept(browser: FlaskClient, intake: Flask) -> None:
    browser.get(PAGE)
    kept = len(intake.extensions["blank_forms"])
    for number in range(5):
        assert browser.get(f"{PAGE}?invented={number}").status_code == 200
    assert len(intake.extensions["blank_forms"]) == kept
