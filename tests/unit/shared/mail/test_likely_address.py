"""Which address was probably meant, and which near ones are right as they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.mail.likely_address import COMMON, REAL, SLIPS, distance, likely_address
from tests.samples.likely_addresses import LIKELY, SILENT


@pytest.mark.parametrize(("entered", "meant"), LIKELY.items())
def test_a_slip_is_recognised(entered: str, meant: str) -> None:
    assert likely_address(entered) == meant


@pytest.mark.parametrize("entered", SILENT)
def test_a_right_address_is_left_alone(entered: str) -> None:
    assert likely_address(entered) is None


@pytest.mark.parametrize("domain", [*COMMON, *REAL])
def test_no_known_domain_is_mistaken_for_another(domain: str) -> None:
    assert likely_address(f"anna@{domain}") is None
    assert domain.rpartition(".")[2] not in SLIPS


@given(st.emails() | st.text() | st.builds("{}@{}".format, st.text(min_size=1), st.text()))
def test_what_is_suggested_needs_no_further_suggestion(entered: str) -> None:
    meant = likely_address(entered)
    assert meant is None or likely_address(meant) is None


@given(st.text("abcd", max_size=5), st.text("abcd", max_size=5))
def test_the_distance_is_symmetric_and_none_only_between_equals(one: str, other: str) -> None:
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) == (one == other)
