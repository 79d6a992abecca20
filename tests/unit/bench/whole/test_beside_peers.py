"""The rows that compare our figures with those of the peers."""

import pytest

from bench.peers.measure import FORM, POSTED, PeerFigures
from bench.visits.visits import Visited
from bench.whole.beside_peers import REQUIRED, rows_of
from bench.whole.forms import Measured

TEN_A_SECOND = Visited(6.0, [number / 10 for number in range(1, 61)])
THEIRS = PeerFigures("django-helpdesk 2.6.1", {FORM: TEN_A_SECOND, POSTED: TEN_A_SECOND})


@pytest.mark.parametrize(("rate", "kept"), [(60.0, True), (59.0, False)])
def test_the_promise_is_a_ratio(rate: float, kept: bool) -> None:
    row, drained = rows_of({FORM: Measured(rate, 50, 70, 3.0)}, [THEIRS])
    assert row.value == pytest.approx(rate / 10)
    assert (row.promise, row.kept) == (REQUIRED[FORM], kept)
    assert f"{rate:.0f}/s (50 to 70)" in row.against
    assert "10/s" in row.against
    assert (drained.value, drained.kept) == (3.0, True)


def test_a_backlog_that_lasts_is_not_kept() -> None:
    _, drained = rows_of({FORM: Measured(100, 90, 110, 30.5)}, [THEIRS])
    assert not drained.kept


def test_nothing_is_promised_beside_the_other_peer() -> None:
    ours = {POSTED: Measured(20, 30, 40, 5.0, accepted=35)}
    django_helpdesk, roundup = rows_of(ours, [THEIRS, PeerFigures("roundup 2.6.0", {POSTED: TEN_A_SECOND})])
    assert (django_helpdesk.promise, roundup.promise) == (REQUIRED[POSTED], None)
    assert roundup.value == pytest.approx(2.0)
    assert "20/s: 35/s accepted (30 to 40), all handled 5.0 s after" in roundup.against


def test_a_peer_that_is_missing_is_a_row_that_says_why() -> None:
    row, _ = rows_of({FORM: Measured(100, 90, 110)}, [PeerFigures("django-helpdesk 2.6.1", {}, "no such package")])
    assert not row.kept
    assert row.why == "no such package"
    assert "not measured" in row.against


def test_a_case_of_ours_that_failed_is_a_row_that_says_why() -> None:
    (row,) = rows_of({FORM: "503: busy"}, [THEIRS])
    assert not row.kept
    assert row.why == "503: busy"
    assert "10/s" in row.against
