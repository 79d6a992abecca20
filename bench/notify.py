"""Notify: e-mails a second to a sink that only counts, beside bare smtplib over as many connections, one mail after the other on each."""

import multiprocessing
import smtplib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from sqlalchemy import Engine, text

from bench.backlog import submitted
from bench.harness.pair import in_turns
from bench.harness.programs import ceiling
from bench.harness.servers import servers
from bench.pages.row import Row
from local.ports import free_ports
from services.notify.compose.message import to_bytes
from services.notify.delivery.mailing import make_mailing
from services.notify.delivery.send_due_emails import send_due_emails
from services.notify.deps import Deps
from services.notify.handlers import handlers_of
from services.notify.settings import NotifySettings
from shared.events.consumer import Consumer
from shared.events.log import record
from shared.runtime.logs import configure
from shared.settings import read
from shared.storage.database import make_engine
from shared.storage.object_store import ObjectStore

MAILS = 2_000  # a round; five rounds make 10,000
ROUNDS = 5
# The promise is for one sender. Two connections are the default; with the sink and PostgreSQL they need more than two cores.
CONNECTIONS = {1: 0.8, 2: None}
_BATCH = 200  # the size of the relay's messages under load

_MESSAGES = text("select envelope_from, recipient, headers, text, html from notify.emails order by id limit :mails")
_LEFT = text("select count(*) from notify.emails where state in ('queued', 'deferred', 'sending')")

Message = tuple[str, str, bytes]


def rows() -> Iterator[Row]:
    """Yields each figure as soon as it is measured."""
    port = free_ports(1)[0]
    with servers() as environment, ceiling("bench.harness.counting_sink", port, environment):
        given = {**environment, "VIDARE_SMTP_URL": f"smtp://127.0.0.1:{port}"}
        settings = read(NotifySettings, given)
        configure(settings.log_level, "bench")
        engine = make_engine(settings, application="bench")
        written = _write(engine, settings, MAILS)
        rate, part = MAILS / written, "writing an acknowledgement"
        yield Row("notify: acknowledgements written a second, one consumer", rate, "/s", part=part, per_second=rate)
        mails = _messages(engine)
        _ours(engine, settings, 1)
        for connections, promise in CONNECTIONS.items():
            yield _beside_bare(engine, settings, mails, connections, promise)


def _beside_bare(
    engine: Engine, settings: NotifySettings, mails: Sequence[Message], connections: int, promise: float | None
) -> Row:
    pair = in_turns(lambda: _fresh(engine, settings, connections), lambda: _bare(settings, mails, connections), ROUNDS)
    against = f"{pair.ours:,.0f}/s beside {pair.ceiling:,.0f}/s bare; rounds {pair.spread}"
    what = f"notify: e-mails a second, {connections} connection{'s' if connections > 1 else ''}"
    part = "sending it" if connections > 1 else ""
    return Row(what, pair.ratio, "x", promise, "more", against, part=part, per_second=pair.ours)


def _write(engine: Engine, settings: NotifySettings, mails: int) -> float:
    """Acknowledge so many tickets; the seconds that the consumer took."""
    deps = Deps(replace(settings, acknowledgement_limits=""), engine, ObjectStore(settings))
    consumer = Consumer(engine, "notify", handlers_of(deps))
    events = list(submitted(mails))
    with engine.begin() as connection:
        ids = [one for start in range(0, mails, _BATCH) for one in record(connection, events[start : start + _BATCH])]
    begin = time.perf_counter()
    for start in range(0, mails, _BATCH):
        consumer.consume(ids[start : start + _BATCH])
    return time.perf_counter() - begin


def _fresh(engine: Engine, settings: NotifySettings, connections: int) -> float:
    _write(engine, settings, MAILS)
    return _ours(engine, settings, connections)


def _ours(engine: Engine, settings: NotifySettings, connections: int) -> float:
    """Send what is due, as the workers do. Returns e-mails a second."""
    engine.dispose()
    rate = _rate([lambda: _send(settings)] * connections)
    with engine.connect() as connection:
        left = connection.execute(_LEFT).scalar_one()
    if left:
        raise ValueError(f"{left} e-mails were not sent")
    return rate


def _send(settings: NotifySettings) -> None:
    engine, mailing = make_engine(settings, application="bench-sender"), make_mailing(settings)
    while send_due_emails(engine, mailing, 60.0):
        pass


def _messages(engine: Engine) -> list[Message]:
    """The same e-mails as messages."""
    with engine.connect() as connection:
        return [
            (row.envelope_from, row.recipient, to_bytes(row.headers, row.text, row.html, "=_bench"))
            for row in connection.execute(_MESSAGES, {"mails": MAILS})
        ]


def _bare(settings: NotifySettings, mails: Sequence[Message], connections: int) -> float:
    address = urlsplit(settings.smtp_url)

    def send(part: Sequence[Message]) -> None:
        with smtplib.SMTP(address.hostname or "", address.port or 25) as smtp:
            for sender, recipient, body in part:
                smtp.sendmail(sender, recipient, body)

    shares = [mails[start::connections] for start in range(connections)]
    return _rate([lambda share=share: send(share) for share in shares])  # type: ignore[misc]


def _rate(senders: Sequence[Callable[[], None]]) -> float:
    """E-mails a second of these senders, each in its own process, from their common start to the last one's end."""
    context = multiprocessing.get_context("fork")
    start = context.Barrier(len(senders) + 1)
    processes = [context.Process(target=_after, args=(start, send)) for send in senders]
    for process in processes:
        process.start()
    start.wait()
    begin = time.perf_counter()
    for process in processes:
        process.join()
    took = time.perf_counter() - begin
    if any(process.exitcode for process in processes):
        raise RuntimeError("a sender failed")
    return MAILS / took


def _after(start: "multiprocessing.synchronize.Barrier", send: Callable[[], None]) -> None:
    start.wait()
    send()
