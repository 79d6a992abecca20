"""Tells all open streams what changed: one look at PostgreSQL every 250 ms, however many streams there are."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from services.triage.live.changes import Tracks, read_changes, read_newest
from services.triage.live.events import PING, Chunks, events_of, opening, resync
from services.triage.live.position import Position, Track
from services.triage.live.stream import Stream
from services.triage.live.tokens import use_live_token
from shared.auth.credentials import Shown, still_valid
from shared.auth.principal import Principal
from shared.errors import TooManyRequests, Unavailable
from shared.runtime.logs import logger
from shared.storage.database import autocommit

Answer = TypeVar("Answer")

# Half of it is added to the delay of an event. To tell 1,000 streams takes some 90 ms of a core, so a shorter one would cost more than
# half a core.
EVERY = 0.25  # seconds
AT_ONCE = 1_000
# Who missed more than this reads everything anew.
MOST_MISSED = 5_000
# Far below the minute within which a stream ends with its session, account or membership.
CHECK_EVERY = 15.0
PING_EVERY = 15.0
MOST_STREAMS = 5_000
# As many as there are threads.
CONNECTIONS = 4

log = logger(__name__)


class Hub:
    """The streams of this process. `most`: how many one account may have; `told`: events, `dropped`: streams whose reader was too slow."""

    def __init__(self, engine: Engine, most: int) -> None:
        self.streams: set[Stream] = set()
        self.told = self.dropped = 0
        self._engine, self._most = engine, most
        self._threads = ThreadPoolExecutor(CONNECTIONS, "postgres")
        self._tracks: Tracks | None = None
        self._begins = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._checked_at = self._pinged_at = 0.0

    async def ask(self, question: Callable[[Connection], Answer]) -> Answer:
        """PostgreSQL's answer. Raises Unavailable where it has none."""

        def run() -> Answer:
            with autocommit(self._engine) as connection:
                return question(connection)

        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, run)
        except SQLAlchemyError as error:
            raise Unavailable("PostgreSQL does not answer.") from error

    async def reader_of(self, shown: Shown) -> Principal | None:
        """Who showed this, if it is valid."""
        return (await self.ask(lambda connection: still_valid(connection, [shown]))).get(shown)

    async def shown_by(self, token: str) -> Shown | None:
        """As use_live_token."""
        return await self.ask(lambda connection: use_live_token(connection, token))

    async def open(self, reader: Principal, shown: Shown, last_event_id: str) -> Stream:
        """A stream that begins after the event `last_event_id`, or now where that is empty. Raises TooManyRequests, Unavailable."""
        self._require_space(reader)
        async with self._begins:
            if self._tracks is None or self._task is None or self._task.done():
                self._tracks = await self.ask(read_newest)
                self._checked_at = self._pinged_at = time.monotonic()
                self._task = asyncio.create_task(self._run())
            stream = Stream(reader, shown)
            self.streams.add(stream)
            position = self._tracks.position
        try:
            stream.add_first([opening(position), *await self._missed(reader, last_event_id, position)])
        except Unavailable:
            self.close(stream)
            raise
        return stream

    def close(self, stream: Stream) -> None:
        """The reader left."""
        stream.end()
        self.streams.discard(stream)

    def _require_space(self, reader: Principal) -> None:
        if len(self.streams) >= MOST_STREAMS:
            raise Unavailable("Too many streams are open.")
        if sum(stream.reader.id == reader.id for stream in self.streams) >= self._most:
            raise TooManyRequests(f"You have {self._most} streams open already.", retry_after=30)

    async def _missed(self, reader: Principal, last_event_id: str, now_at: Position) -> list[bytes]:
        """What happened after the reader's last event."""
        if not last_event_id:
            return []
        since = Position.parse(last_event_id)
        # What is ahead of us was seen before the database was restored from a backup.
        if since is None or _is_ahead(since, now_at):
            return [resync(now_at)]
        changes = await self.ask(lambda connection: read_changes(connection, since, MOST_MISSED))
        if max(len(changes.lines), len(changes.notifications), len(changes.presence)) >= MOST_MISSED:
            return [resync(now_at)]
        now = time.monotonic()
        lines, notifications = (
            Track(one.newest, dict.fromkeys(one.missing, now)) for one in (since.lines, since.notifications)
        )
        return [Chunks(events_of(changes, Tracks(lines, notifications, since.presence), now)).of(reader)]

    async def _run(self) -> None:
        """Until no stream is open."""
        while self.streams:
            began = time.monotonic()
            try:
                is_all = await self._tell()
                await self._check(began)
            except Unavailable:
                log.warning("live updates wait for PostgreSQL")
                is_all = True
            if began - self._pinged_at >= PING_EVERY:
                self._pinged_at = began
                self._send(lambda stream: PING)
            await asyncio.sleep(max(began + EVERY - time.monotonic(), 0.01) if is_all else 0)

    async def _tell(self) -> bool:
        """Tell what is new. False where there is more."""
        tracks = cast(Tracks, self._tracks)  # since there are streams
        position = tracks.position
        changes = await self.ask(lambda connection: read_changes(connection, position, AT_ONCE))
        now = time.monotonic()
        if changes:
            chunks = Chunks(events_of(changes, tracks, now))
            self.told += len(chunks.events)
            self._send(lambda stream: chunks.of(stream.reader))
        tracks.lines.forget(now)
        tracks.notifications.forget(now)
        return max(len(changes.lines), len(changes.notifications), len(changes.presence)) < AT_ONCE

    def _send(self, chunk_for: Callable[[Stream], bytes]) -> None:
        for stream in self.streams:
            if not stream.add(chunk_for(stream)):
                self.dropped += 1
                log.info("a reader is too slow", person=str(stream.reader.id))

    async def _check(self, now: float) -> None:
        """End the streams whose session, token or account ended, or whose reader has other teams or another role by now."""
        if now - self._checked_at < CHECK_EVERY:
            return
        shown = list({stream.shown for stream in self.streams})
        valid = await self.ask(lambda connection: still_valid(connection, shown))
        self._checked_at = now
        for stream in self.streams:
            if not _reads_the_same(stream.reader, valid.get(stream.shown)) and stream.shown in shown:
                stream.end()


def _is_ahead(since: Position, now_at: Position) -> bool:
    """A moment's difference between two processes is none."""
    few = 1_000
    return (
        since.lines.newest > now_at.lines.newest + few
        or since.notifications.newest > now_at.notifications.newest + few
        or since.presence > now_at.presence + few
    )


def _reads_the_same(before: Principal, after: Principal | None) -> bool:
    return after is not None and (before.role, before.teams, before.scopes) == (after.role, after.teams, after.scopes)
