"""Compare what clients were told with the database, the store and the mailbox."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from io import BytesIO
from pathlib import Path

from PIL import Image

from bench.chaos.arrived import Arrived
from bench.chaos.client import Promise, Rejection
from bench.chaos.running_stack import RunningStack
from bench.chaos.submissions import SentFile
from shared.errors import TransientError
from shared.storage.object_store import ObjectStore


@dataclass
class Findings:
    """The result. Each line of a list names a submission and its problem."""

    accepted: int
    refused: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    mails_missing: list[str] = field(default_factory=list)
    mails_apart: list[str] = field(default_factory=list)  # two acknowledgements with different Message-IDs
    mails_doubled: int = 0  # delivered again under the same Message-ID
    files: int = 0
    unheard: int = 0  # accepted although the client gave up before it was told
    parked: int = 0
    asleep: int = 0  # messages that a broker keeps for a dead worker; they are not waited for
    under_way: str | None = None

    @property
    def kept(self) -> bool:
        """Whether every promise was kept."""
        broken = (self.lost, self.doubled, self.mails_missing, self.mails_apart, self.refused)
        return not any(broken) and self.under_way is None and self.parked == 0


def check(
    stack: RunningStack, arrived: Arrived, promises: Sequence[Promise], rejections: Sequence[Rejection]
) -> Findings:
    """Compare promises with results; call it once nothing is under way."""
    found = Findings(accepted=len(promises), parked=arrived.parked, asleep=arrived.asleep)
    found.refused = [
        f"{each.submission.address}: {each.status} {each.words}"
        for each in rejections
        if each.status and each.status < 500
    ]
    found.unheard = len(set(arrived.submissions) - {promise.reference for promise in promises})
    store = stack.store()
    for promise in promises:
        _check_ticket(found, arrived, promise)
        if promise.submission.file is not None:
            found.files += 1
            _check_file(found, arrived.files.get(promise.reference, []), promise, promise.submission.file, store)
    _check_doubles(found, arrived)
    told = {promise.reference for promise in promises}
    found.lost += [
        f"{reference}: accepted, client not told, never routed"
        for reference in arrived.submissions
        if reference not in arrived.tickets and reference not in told
    ]
    _check_mails(found, arrived, _mails_by_recipient(Path(stack.told["maildir"])))
    return found


def _check_ticket(found: Findings, arrived: Arrived, promise: Promise) -> None:
    submission, reference = promise.submission, promise.reference
    if arrived.submissions.get(reference) != submission.address:
        found.lost.append(f"{reference} ({submission.address}): intake does not have it")
    elif reference not in arrived.tickets:
        found.lost.append(f"{reference} ({submission.address}): in no team's queue")
    elif arrived.tickets[reference] != (submission.address, submission.message.strip()):
        found.lost.append(f"{reference} ({submission.address}): its message was changed")


def _check_file(
    found: Findings, rows: list[tuple[str, str, str]], promise: Promise, sent: SentFile, store: ObjectStore
) -> None:
    who = f"{promise.reference} ({promise.submission.address})"
    if len(rows) != 1 or rows[0][1] != sent.sha256:
        found.lost.append(f"{who}: {len(rows)} files, expected the file that was sent")
        return
    name, sha256, state = rows[0]
    try:
        body = store.get(name)
    except TransientError as error:
        found.lost.append(f"{who}: its file is not in the store: {error}")
        return
    if hashlib.sha256(body).hexdigest() == sha256 and state != "clean":
        return
    if state != "clean" or not _is_copy(body, sent):
        found.lost.append(f"{who}: its file is {state} and not what was sent")


def _is_copy(body: bytes, sent: SentFile) -> bool:
    """Whether `body` shows the same image; the samples are PNG, which is lossless."""
    try:
        with Image.open(BytesIO(body)) as copy, Image.open(BytesIO(sent.body)) as original:
            return copy.convert("RGB").tobytes() == original.convert("RGB").tobytes()
    except OSError:
        return False


def _check_doubles(found: Findings, arrived: Arrived) -> None:
    for where, addresses in (
        ("intake", arrived.submissions.values()),
        ("triage", [address for address, _ in arrived.tickets.values()]),
    ):
        found.doubled += [
            f"{address}: {number} times in {where}" for address, number in Counter(addresses).items() if number > 1
        ]
    found.doubled += [
        f"{ticket}: {kind} {number} times" for (ticket, kind), number in arrived.events.items() if number > 1
    ]


def _check_mails(found: Findings, arrived: Arrived, mails: dict[str, list[str]]) -> None:
    for reference, address in arrived.submissions.items():
        ids = mails.get(address, [])
        written = arrived.acknowledgements.get(reference, 0)
        if not ids:
            found.mails_missing.append(f"{reference} ({address}): {written} written, none arrived")
        if len(set(ids)) > 1 or written > 1:
            found.mails_apart.append(f"{reference} ({address}): {written} written, Message-IDs {sorted(set(ids))}")
        found.mails_doubled += len(ids) - len(set(ids))


def _mails_by_recipient(maildir: Path) -> dict[str, list[str]]:
    """The Message-ID of every mail, by the address it was delivered to."""
    found: dict[str, list[str]] = defaultdict(list)
    for folder in ("new", "cur"):
        for path in (maildir / folder).iterdir():
            mail = BytesHeaderParser().parsebytes(path.read_bytes())
            for address in str(mail["X-RcptTo"]).split(","):
                found[address.strip().lower()].append(str(mail["Message-ID"]).strip())
    return found
