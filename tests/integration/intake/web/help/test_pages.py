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


def test_the_search_narrows_the_list_without_a_script(browser: FlaskClient) -> None:
    found = browser.get("/help?q=magento").text
    assert 'href="/help/business/buyable-pins"' in found
    assert 'href="/help/account/password"' not in found


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
    import re

    page = browser.get("/help/business/buyable-pins/note")
    weight = len(page.data)
    for address in re.findall(r'(?:href|src)="(/(?:look|form)/[^"]+)"', page.text):
        file = browser.get(address.replace("&amp;", "&"))
        assert file.status_code == 200
        assert "immutable" in file.headers["Cache-Control"]
        weight += len(file.data)
    assert weight < 60_000
