"""Placeholders of saved replies: unknown ones are found, and values are plain words whatever they hold."""

import html
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.triage.saved_replies.placeholders import escape, fill, wrong_placeholders
from shared.commonmark import as_html, as_plain

VALUES = {
    "requester.name": "Anna",
    "ticket.reference": "T-7K3M-9QXA",
    "ticket.subject": "My ad",
    "agent.name": "Bo",
}


def test_all_placeholders_are_filled() -> None:
    text = "Hello {{requester.name}}, {{ ticket.reference }} ({{ticket.subject}})\n\n{{agent.name}}"
    assert wrong_placeholders(text) == []
    assert fill(text, VALUES) == "Hello Anna, T-7K3M-9QXA (My ad)\n\nBo"


@pytest.mark.parametrize("text", ["{{requester.email}}", "{{}}", "a {{ name }} b", "{{agent.name | upper}}"])
def test_an_unknown_placeholder_is_named(text: str) -> None:
    [message] = wrong_placeholders(text)
    assert "is no placeholder" in message
    assert "{{requester.name}}" in message


@pytest.mark.parametrize("text", ["{{", "}}", "{agent.name}", "{{a", "{ {agent.name} }"])
def test_other_braces_are_text(text: str) -> None:
    assert wrong_placeholders(text) == []
    assert fill(text, VALUES) == text


def test_a_missing_value_leaves_no_space() -> None:
    assert fill("Hello {{requester.name}},", {"requester.name": None}) == "Hello,"
    assert fill("{{requester.name}}: hello", {}) == ": hello"


@pytest.mark.parametrize(
    "text",
    [
        "[x]({{requester.name}})",
        "https://{{ticket.subject}}",
        "<https://a.example/{{agent.name}}>",
        "[x]\n\n[x]: {{requester.name}}",
    ],
)
def test_a_value_never_decides_where_a_link_leads(text: str) -> None:
    [message] = wrong_placeholders(text)
    assert "address of a link" in message


def test_a_reference_may_be_in_an_address() -> None:
    assert wrong_placeholders("[x](https://a.example/{{ticket.reference}})") == []


@pytest.mark.parametrize("value", ["Anna Lindqvist-Rosenbaum", "O'Brien", "AT&T", "T-7K3M-9QXA", "anna_b", "50 % off!"])
def test_ordinary_words_stay_as_they_are(value: str) -> None:
    assert escape(value) == value


HOSTILE = [
    "**bold**",
    "_a_ __b__",
    "[x](https://evil.example)",
    "https://evil.example/x",
    "HTTP://evil.example",
    "<https://evil.example>",
    "<b>x</b>",
    "&lt;b&gt; &#42;x&#42;",
    "`code`",
    "# heading",
    "- item",
    "1. item",
    "1) item",
    "> quote",
    "---",
    "===",
    "12",
    "(https://evil.example)",
    ": https://evil.example",
    "a\\*b\\",
    "![x](y)",
    "~~~",
    "*",
]
TEXTS = ["Hello {{requester.name}}, thanks", "{{requester.name}}", "- {{requester.name}}", "above\n{{requester.name}}"]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("text", [*TEXTS, "[x]{{requester.name}}", "{{requester.name}}. Hello"])
def test_a_value_is_read_as_plain_words(text: str, value: str) -> None:
    written = fill(text, {"requester.name": value})
    plain = fill(text, {"requester.name": "Anna"})
    shown = as_html(written)
    assert re.findall(r"<[^>]*>", shown) == re.findall(r"<[^>]*>", as_html(plain)), shown
    assert html.escape(value, quote=False) in html.unescape(shown).replace("&", "&amp;").replace("<", "&lt;").replace(
        ">", "&gt;"
    ), shown


MARKS = r"ab1 *_`[]()<>&#;:/\-+=!.~'\"" + "\n"


@given(st.text(MARKS + "åхlt") | st.text())
def test_any_value_is_read_as_plain_words(value: str) -> None:
    words = " ".join(value.replace("\x00", "").split())
    assume(words)
    for text in TEXTS:
        expected = as_plain(fill(text, {"requester.name": "Anna"})).replace("Anna", words)
        assert as_plain(fill(text, {"requester.name": words})) == expected
