"""Errors are collected with their paths and lines."""

from shared.validation import Location, ValidationError, ValidationErrors, line_of

LINES = {"document": 1, "document.rules": 3, "document.rules[0]": 4, "document.rules[0].when": 5}


def test_a_line_is_that_of_the_path_or_of_what_encloses_it() -> None:
    assert line_of("document.rules[0].when", LINES) == 5
    assert line_of("document.rules[0].then.team", LINES) == 4
    assert line_of("document.rules[7].id", LINES) == 3
    assert line_of("document.teams", LINES) == 1
    assert line_of("elsewhere", LINES) is None
    assert line_of("document.rules", {}) is None


def test_errors_beyond_the_bound_are_counted_and_not_kept() -> None:
    errors = ValidationErrors(LINES, keep=2)
    assert not errors
    for number in range(5):
        errors.add(f"document.rules[{number}]", "wrong")
    assert (len(errors), errors.count) == (5, 5)
    assert list(errors) == [
        ValidationError("document.rules[0]", "wrong", 4),
        ValidationError("document.rules[1]", "wrong", 3),
    ]


def test_a_given_line_counts() -> None:
    errors = ValidationErrors(LINES)
    errors.add("account.yaml", "wrong", 12)
    errors.add("locales/de.yaml", "wrong")
    assert [str(error) for error in errors] == ["account.yaml:12: wrong", "locales/de.yaml: wrong"]


def test_a_location_reports_unknown_and_missing_keys() -> None:
    errors = ValidationErrors()
    at = Location("document", errors).key("rules").item(2)
    assert at.number == 2
    assert at.mapping({"id": "a", "x" * 100: 1}, ("id", "then"), required=("then",)) is not None
    assert at.mapping([], None) is None
    assert at.mapping({1: 2}, None) is None
    assert [error.path for error in errors] == [
        f"document.rules[2].{'x' * 60}",
        "document.rules[2].then",
        "document.rules[2]",
        "document.rules[2]",
    ]
