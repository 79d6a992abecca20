"""The API of each service to read and to try, in a real browser under the strict Content-Security-Policy."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.looks import too_wide


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_operation_is_read_and_tried(open_page: OpenPage, scheme: str) -> None:
    page = open_page(scheme=scheme)
    page.goto("/docs")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Vidare intake")
    operation = page.locator("#operations-tag-Help .opblock, .opblock").filter(has_text="/v1/categories").first
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table")).to_contain_text("200")
    expect(operation.locator(".live-responses-table")).to_contain_text("account")
    assert too_wide(page, (1280, 390)) == []


def test_without_scripts_the_document_is_linked(open_page: OpenPage) -> None:
    page = open_page(scripts=False)
    page.goto("/docs")
    expect(page.get_by_role("link", name="/openapi.json")).to_be_visible()
