"""What the index is asked for: everything but a common value becomes the other values."""

import pytest

from services.triage.search.known_words import MOST_OTHERS, known_words
from services.triage.search.parse import parse_query

VALUES = ["#ads/metrics", "#ads/disapproved", "#billing/cost", "#billing/refund", "~en", "~sv", "~sv-fi", "~de-at"]


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("lang:sv", ["'~sv'"]),
        ("-lang:en", ["'~de' | '~sv'"]),
        ("-lang:sv", ["'~de' | '~en'"]),
        ("-lang:sv-fi", ["'~de' | '~en' | '~sv'"]),
        ("-lang:sv -lang:de", ["'~en'"]),
        ("-category:ads", ["'#billing'"]),
        ("-category:ads/metrics", ["'#ads/disapproved' | '#billing'"]),
        ("-category:ads -category:billing", ["'# '"]),
        ("-priority:normal", ["'!low' | '!high' | '!urgent'"]),
        ("priority:low -priority:low", ["'! '"]),
        ("-tag:vip", ["!('%vip')"]),
        ("-has:attachment", ["!('+attachment')"]),
        ("has:attachment tag:a", ["'%a'", "'+attachment'"]),
        ("lamp from:a@example.org", []),
    ],
)
def test_the_words_of_a_query(query: str, asked: list[str]) -> None:
    found = known_words(parse_query(query), VALUES)
    assert [" | ".join(sorted(one.split(" | "))) for one in found] == [
        " | ".join(sorted(one.split(" | "))) for one in asked
    ]


def test_a_ticket_without_a_language_or_many_values_leave_the_exclusion_to_the_index() -> None:
    assert known_words(parse_query("-lang:en"), [*VALUES, "~"]) == ["!('~en')"]
    assert known_words(parse_query("-lang:en"), None) == ["!('~en')"]
    many = [f"#ads/{number}" for number in range(MOST_OTHERS + 2)]
    assert known_words(parse_query("-category:ads/0"), many) == ["!('#ads/0')"]
    assert known_words(parse_query("-category:ads/0"), many[:-1]) != ["!('#ads/0')"]
