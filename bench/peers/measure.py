"""What the peers do in the same run."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from bench.harness.load import UnexpectedAnswer
from bench.peers.django_helpdesk import NAME as DJANGO_HELPDESK
from bench.peers.django_helpdesk import django_helpdesk
from bench.peers.environment import NotInstalled, version_of
from bench.peers.peer import Peer, VisitOf
from bench.peers.roundup import NAME as ROUNDUP
from bench.peers.roundup import roundup
from bench.visits.texts import screenshot
from bench.visits.visits import Visited, Visits

CONNECTIONS, WARM_UP = 16, 2.0
FORM, FORM_WITH_FILE, POSTED = "form fetched and posted", "form with a 200 KB PNG", "posted without fetching"
CASES = (FORM, FORM_WITH_FILE, POSTED)
_STARTS: Mapping[str, Callable[[Path], AbstractContextManager[Peer]]] = {
    DJANGO_HELPDESK: django_helpdesk,
    ROUNDUP: roundup,
}


@dataclass(frozen=True)
class PeerFigures:
    """`visited`: by case; empty where the peer could not be measured, for the reason `failure`."""

    name: str
    visited: Mapping[str, Visited]
    failure: str = ""


def measure_peers(seconds: float) -> Iterator[PeerFigures]:
    """Each peer's figures, `seconds` a case, one peer after the other."""
    for name, start in _STARTS.items():
        title = f"{name} {version_of(name)}"
        try:
            yield PeerFigures(title, _figures(start, seconds))
        except (NotInstalled, RuntimeError, UnexpectedAnswer) as error:
            yield PeerFigures(title, {}, str(error)[:300])


def _figures(start: Callable[[Path], AbstractContextManager[Peer]], seconds: float) -> Mapping[str, Visited]:
    with tempfile.TemporaryDirectory(prefix="vidare-peer-") as made, start(Path(made)) as peer:
        return {case: _measure(peer, visits, seconds) for case, visits in _cases(peer)}


def _cases(peer: Peer) -> Iterator[tuple[str, VisitOf]]:
    yield FORM, peer.fetching(None)
    yield FORM_WITH_FILE, peer.fetching(screenshot())
    yield POSTED, peer.posting()


def _measure(peer: Peer, visit_of: VisitOf, seconds: float) -> Visited:
    """Raises UnexpectedAnswer unless each ticket's e-mail is in the mailbox: a peer sends it before it answers."""
    visits = Visits(peer.port, visit_of, CONNECTIONS)
    visits.run(WARM_UP)
    before = peer.in_mailbox()
    visited = visits.run(seconds)
    if (mails := peer.in_mailbox() - before) < len(visited.ended):
        raise UnexpectedAnswer(f"{peer.name}: {len(visited.ended)} tickets, {mails} e-mails")
    return visited
