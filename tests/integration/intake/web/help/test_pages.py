import re
from typing import cast

import pytest
from flask.testing import FlaskClient


def test_the_first_page_leads_to_the_topics(browser: FlaskClient) -> None:
    assert browser.get("/").location == "/help"


def test_every_topic_leads_to_its_help_and_its_form(browser: FlaskClient) -> None:
    from shared.catalog.loader import load

    topics = browser.get("/help")
    assert topics.status_code == 200
    for category in load().listed():
        assert f'href="/help/{category.path}"' in topics.text
        help_page = browser.get(f"/help/{category.path}")
        assert help_page.status_code == 200
        assert f'href="/help/{category.path}/note"' in help_page.text
        for locale in ("en", "sv"):
            assert browser.get(f"/help/{category.path}/note?lang={locale}").status_code == 200


def topics_on(page: str) -> list[str]:
    """The topics that a page leads to, in its order."""
    return re.findall(r'href="/help/([^"?#]+)', page)


def ask(browser: FlaskClient, address: str, **sent: str) -> dict[str, str]:
    """What a script is answered."""
    answer = browser.post(address, data=sent)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return cast("dict[str, str]", answer.json)


def test_the_search_shows_topics_best_first_without_a_script(browser: FlaskClient) -> None:
    assert topics_on(browser.get("/help?q=magento").text) == ["business/buyable-pins", "business/buyable-pins/status"]
    assert (
        topics_on(browser.get("/help", query_string={"q": "forgot pasword", "lang": "en"}).text)[0]
        == "account/password"
    )
    swedish = topics_on(browser.get("/help", query_string={"q": "GLÖMT LOSENORD", "lang": "sv"}).text)
    assert swedish[:2] == ["account/password", "account/login"]


def test_a_word_means_what_it_means_in_the_pages_language(browser: FlaskClient) -> None:
    first = {lang: topics_on(browser.get(f"/help?q=recept&lang={lang}").text)[0] for lang in ("en", "sv")}
    assert first == {"en": "billing/receipt", "sv": "business/rich-pins"}


def test_scripts_are_answered_as_the_page_is(browser: FlaskClient) -> None:
    for query in ("refund", "glömt lösenord", "pins gone", "xyzzy", "<b>"):
        for lang in ("en", "sv"):
            answer = ask(browser, f"/help/found?lang={lang}", words=query)
            page = browser.get("/help", query_string={"q": query, "lang": lang}).text
            assert topics_on(answer["html"]) == topics_on(page)
            assert f"{answer['status']}\n" in page
            assert f"?lang={lang}" in answer["html"]


def test_a_message_is_offered_topics_but_not_that_of_its_form(browser: FlaskClient) -> None:
    text = "I cannot log in, I forgot my password"
    offered = ask(browser, "/help/suggestions", words=text, form="account/other")
    assert set(topics_on(offered["html"])[:2]) == {"account/login", "account/password"}
    assert offered["status"] == f"{len(topics_on(offered['html']))} topics may help"
    others = ask(browser, "/help/suggestions", words=text, form="account/login")
    assert "account/password" in topics_on(others["html"])
    assert "account/login" not in topics_on(others["html"])
    for nothing in ({"words": "Hej hopp", "form": "no/such"}, {}):
        assert ask(browser, "/help/suggestions", **nothing) == {"html": "", "status": ""}


def test_of_a_message_the_beginning_is_searched(browser: FlaskClient) -> None:
    assert "billing/receipt" in ask(browser, "/help/suggestions", words=f"receipt{' ' * 300}")["html"]
    assert ask(browser, "/help/suggestions", words=f"{' ' * 200}receipt")["html"] == ""


def test_no_log_holds_what_is_searched_while_writing(
    browser: FlaskClient, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    for route in ("found", "suggestions"):
        browser.post(f"/help/{route}", data={"words": "receipt for marigold"})
    printed = capsys.readouterr()
    assert "marigold" not in printed.out + printed.err + caplog.text


def test_searches_change_nothing(browser: FlaskClient) -> None:
    assert browser.get("/help/found").status_code == 404
    assert browser.get("/help/suggestions").status_code == 404


def test_a_search_that_finds_nothing_leads_on(browser: FlaskClient) -> None:
    found = browser.get("/help?q=<b>xyzzy").text
    assert "No topic has these words" in found
    assert 'href="/help/account/other/note"' in found
    assert "<b>xyzzy" not in found


def test_a_segment_leads_to_its_part_of_the_list(browser: FlaskClient) -> None:
    assert browser.get("/help/account").location == "/help#account"


def test_that_solved_it_is_a_post_and_counted(browser: FlaskClient) -> None:
    from services.intake.web.help.funnel import steps_metric

    counter = steps_metric().labels("solved", "account/login")
    before = counter._value.get()
    assert browser.get("/help/account/login/solved").status_code in (404, 405)
    answer = browser.post("/help/account/login/solved")
    assert answer.status_code == 303
    assert "Good to hear!" in browser.get(answer.location).text
    assert counter._value.get() == before + 1


@pytest.mark.parametrize(
    "address", ["/help/nothing/here", "/help/account/nothing/note", "/nowhere", "/demo-links/none"]
)
def test_an_unknown_page_is_a_kind_one(browser: FlaskClient, address: str) -> None:
    page = browser.get(address)
    assert page.status_code == 404
    assert "We can’t find this page" in page.text
    assert 'href="/help"' in page.text


def test_a_machine_still_gets_a_problem(browser: FlaskClient) -> None:
    assert browser.get("/nowhere", headers={"Accept": "application/json"}).mimetype == "application/problem+json"


def test_the_demos_links_lead_to_pages_of_its_own(browser: FlaskClient) -> None:
    from shared.catalog.loader import load

    for address in load().links.values():
        if address.startswith("/"):
            assert browser.get(address).status_code == 200


def test_the_address_decides_the_language_and_links_keep_it(browser: FlaskClient) -> None:
    page = browser.get("/help/account/login?lang=sv").text
    assert '<html lang="sv">' in page
    assert 'href="/help/account/login/note?lang=sv"' in page
    assert 'href="/help/account/login?lang=en"' in page


def test_the_browser_decides_otherwise_and_caches_are_told(browser: FlaskClient) -> None:
    page = browser.get("/help", headers={"Accept-Language": "sv-SE,sv;q=0.9"})
    assert '<html lang="sv">' in page.text
    assert page.headers["Content-Language"] == "sv"
    assert "Accept-Language" in page.headers["Vary"]


def test_no_page_needs_anything_inline_or_from_elsewhere(browser: FlaskClient) -> None:
    for address in ("/help", "/help/account/login", "/help/business/blocked-link/note", "/nowhere"):
        page = browser.get(address)
        policy = page.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        for inline in ("<style", " style=", " onclick=", "<script>", '="http', '="//'):
            assert inline not in page.text, (address, inline)


def test_static_files_are_small_and_kept(browser: FlaskClient) -> None:
    page = browser.get("/help/business/buyable-pins/note")
    weight = len(page.data)
    for address in re.findall(r'(?:href|src)="(/(?:look|form)/[^"]+)"', page.text):
        file = browser.get(address.replace("&amp;", "&"))
        assert file.status_code == 200
        assert "immutable" in file.headers["Cache-Control"]
        weight += len(file.data)
    assert weight < 66_000, weight
