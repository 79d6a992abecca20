"""Our figures beside those of the peers in the same run."""

from collections.abc import Iterator, Mapping, Sequence

from bench.pages.row import Row
from bench.peers.measure import FORM, FORM_WITH_FILE, POSTED, PeerFigures
from bench.whole.forms import Measured, measured

# Times django-helpdesk.
REQUIRED = {FORM: 6.0, FORM_WITH_FILE: 3.0, POSTED: 5.0}
COMPARED_WITH = "django-helpdesk"
DRAINED_WITHIN = 30.0  # seconds
# Of the API's tickets the rate tells when all of them were handled.
_DRAINED = (FORM, FORM_WITH_FILE)


def rows_of(ours: Mapping[str, Measured | str], peers: Sequence[PeerFigures]) -> Iterator[Row]:
    """By case: a ratio for each peer, and how long our own backlog lasted. Where ours could not be measured: why."""
    for case, mine in ours.items():
        for peer in peers:
            yield _ratio(case, mine, peer)
        if case in _DRAINED and isinstance(mine, Measured):
            what = f"whole, {case}: until all of it is routed, acknowledged, in the mailbox and clean"
            yield Row(what, mine.drained, "s after", DRAINED_WITHIN, "less")


def _ratio(case: str, mine: Measured | str, peer: PeerFigures) -> Row:
    promise = REQUIRED[case] if peer.name.startswith(COMPARED_WITH) else None
    what = f"whole, {case}, 16 connections: times {peer.name}"
    if case not in peer.visited:
        return Row(what, 0.0, "x", promise, "more", f"{mine}; {peer.name} was not measured", why=peer.failure)
    theirs = measured(peer.visited[case])
    if isinstance(mine, str):
        return Row(what, 0.0, "x", promise, "more", f"not measured, beside {theirs}", why=mine)
    return Row(what, mine.rate / theirs.rate, "x", promise, "more", f"{mine}, beside {theirs}")
