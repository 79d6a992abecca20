"""How many random examples a test tries: all of them, or a few under the profile of `make unit`, whose answer comes within a minute."""

from hypothesis import settings

QUICK = "quick"
FEW = 20


def examples(number: int) -> int:
    """`number`, or FEW under the quick profile."""
    return min(number, FEW) if settings.get_current_profile_name() == QUICK else number
