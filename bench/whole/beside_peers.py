"""Our figures beside those of the peers in the same run."""

from collections.abc import Iterator, Mapping, Sequence

from bench.pages.row import Row
from bench.peers.measure import FORM, FORM_WITH_FILE, POSTED, PeerFigures
from bench.whole.forms import Measured, measured

# Times django-helpdesk.
REQUIRED = {FORM: 6.0, FORM_WITH_FILE: 3.0, POSTED: 5.0}
COMPARED_WITH = "django-helpdesk"
DRAINED_WITHIN = 30.0  # seconds
WHY = {
    FORM: "A visit costs us some 5 ms of the two cores: 2 in intake for the form and the post, 3 for routing, the acknowledgement and "
    "their events, which are on disk before they count. The other answers after one transaction and mails from the request.",
    FORM_WITH_FILE: "A picture costs 10 ms in the request, which decodes all of it and stores it, and 25 ms afterwards, when it is decoded "
    "and written anew in a process without rights. The other stores the bytes as they came.",
    POSTED: "As for the form, without the 0.3 ms of the page.",
}
# Of the API's tickets the rate tells when all of them were handled.
_DRAINED = (FORM, FORM_WITH_FILE)


def rows_of(ours: Mapping[str, Measured | str], peers: Sequence[PeerFigures]) -> Iterator[Row]:
    """By case: a ratio for each peer, and how long our own backlog lasted. Where ours could not be measured: why."""
    for case, mine in ours.items():
        for peer in peers:
            yield _ratio(case, mine, peer)
        if case in _DRAINED and isinstance(mine, Measured):
            what = f"whole, {case}: until all of it is routed, acknowledged, in the mailbox and clean"
            yield Row(what, mine.drained, "s after", DRAINED_WITHIN, "less", why=WHY[case])


def _ratio(case: str, mine: Measured | str, peer: PeerFigures) -> Row:
    promise = REQUIRED[case] if peer.name.startswith(COMPARED_WITH) else None
    what = f"whole, {case}, 16 connections: times {peer.name}"
    if case not in peer.visited:
        return Row(what, 0.0, "x", promise, "more", f"{mine}; {peer.name} was not measured", why=peer.failure)
    theirs = measured(peer.visited[case])
    if isinstance(mine, str):
        return Row(what, 0.0, "x", promise, "more", f"not measured, beside {theirs}", why=mine)
    why = WHY[case] if promise else ""
    return Row(what, mine.rate / theirs.rate, "x", promise, "more", f"{mine}, beside {theirs}", why=why)
