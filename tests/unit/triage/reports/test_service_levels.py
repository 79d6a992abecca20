"""Percentiles and sums of service levels."""

from datetime import date

from services.triage.reports.service_levels import BUCKETS, ServiceLevel, Waiting, summed

MONDAY = date(2026, 11, 16)


def test_percentiles_are_bounds_of_buckets() -> None:
    waiting = Waiting()
    assert waiting.percentile(50) is None
    waiting.add(2, 5, 9_000)
    waiting.add(5, 4, 90_000)
    waiting.add(len(BUCKETS), 1, 9_000_000)
    assert (waiting.percentile(50), waiting.percentile(90), waiting.percentile(100)) == (BUCKETS[2], BUCKETS[5], None)


def test_levels_are_summed() -> None:
    one, other = (
        ServiceLevel(MONDAY, "ads", "ads/x", {"volume": 2}),
        ServiceLevel(MONDAY, "ads", "ads/y", {"volume": 3, "breached": 1}),
    )
    one.answered.add(1, 1, 900)
    other.answered.add(1, 2, 1_800)
    total = summed([one, other], "ads")
    assert (total.number("volume"), total.number("breached"), total.answered.count, total.answered.buckets[1]) == (
        5,
        1,
        3,
        3,
    )
