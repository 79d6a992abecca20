"""The team's queue: claiming, the agent's page and search, with 1,000,000 waiting tickets beside 1,000."""

import re
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, create_engine, text

from bench.harness.pair import in_turns
from bench.harness.servers import servers
from bench.merging import merge_row
from bench.pages.row import Point, Row
from bench.waiting import TEAM, waiting
from services.triage.app import create_app
from services.triage.claims.claim_next import claim_next
from services.triage.claims.release_claim import release_claim
from services.triage.lists.filters import Wanted
from services.triage.lists.search_tickets import count_matches, search_tickets
from services.triage.settings import TriageSettings
from shared.auth.principal import Principal
from shared.auth.users import make_user
from shared.settings import DEFAULT_TEAMS, read

FEW, SOME, MANY = 1_000, 100_000, 1_000_000
ROUNDS, TIMES = 7, 30
SEARCH_PROMISE, COUNT_PROMISE = 100.0, 50.0  # milliseconds
KEY_ROUNDS = 40

_EMAIL, _PASSWORD = "agent@example.org", "correct horse battery"
_KINDS = {
    "order{n}": "a word of one ticket",
    "lamps": "a word of every second ticket",
    "disappr": "the beginning of a common word",
    "lampor password": "two words in two languages",
    "person{n}@example.com": "an address",
    "T-{h:04d}-{l:04d}": "a reference",
    "zeppelin": "a word of no ticket",
}


# Of each key something common, and something rare or that there is not.
_KEYS = (
    "tag:vip", "tag:tag500000", "priority:urgent", "-priority:normal", "state:open", "state:waiting", "team:ads", "category:ads",
    "category:ads/disapproved", "from:person500000@example.com", "owner:me", "owner:nobody", "has:attachment", "lang:sv", "-lang:en",
    "before:2020-01-01", "after:{day}", "before:{day}", "is:breached", "lamps tag:vip", "lamps -password state:open", '"the order"',
    "owner:me state:open priority:urgent", "lamps -lang:en", "-category:ads",
)  # fmt: skip


def rows() -> Iterator[Row]:
    """Yields each figure as soon as it is measured."""
    with servers() as environment, ExitStack() as databases:
        url = environment["VIDARE_DATABASE_URL"]
        urls = [databases.enter_context(waiting(url, f"with_{count}", count)) for count in (FEW, SOME, MANY)]
        yield _row("claiming one", [_claimer(create_engine(one)) for one in urls])
        pages = [_page(environment | {"VIDARE_DATABASE_URL": one}) for one in urls]
        yield _row("an agent's page of the queue", pages)
        few, _, many = (create_engine(one) for one in urls)
        yield from _searches(many, few)
        yield from _by_key(many)
        _reserve_half(many)
        pair = in_turns(_claimer(many), _claimer(few), ROUNDS)
        against = f"{pair.ours * 1000:.2f} ms beside {pair.ceiling * 1000:.2f} ms; rounds {pair.spread}"
        what = f"queue: claiming one, {MANY:,} open, half of them reserved, beside {FEW:,}"
        yield Row(what, pair.ratio, "x", 1.5, "less", against)
        yield merge_row(many, MANY)


def _reserve_half(engine: Engine) -> None:
    """Reserve every second ticket, the most urgent ones among them, for another person."""
    with engine.begin() as connection:
        connection.execute(
            text("""
                update triage.tickets set owner = :owner, reserved_until = clock_timestamp() + interval '1 day'
                where sequence % 2 = 0 or sequence < 1000
            """),
            {"owner": UUID(int=2)},
        )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze triage.tickets"))


def _row(what: str, measures: Sequence[Callable[[], float]]) -> Row:
    few, some, many = measures
    for measure in measures:
        measure()
    middle, pair = in_turns(some, few, ROUNDS), in_turns(many, few, ROUNDS)
    against = f"{pair.ours * 1000:.2f} ms beside {pair.ceiling * 1000:.2f} ms; rounds {pair.spread}"
    ratios = {FEW: 1.0, SOME: middle.ratio, MANY: pair.ratio}
    points = tuple(Point("cost", what, size, ratio) for size, ratio in ratios.items())
    return Row(f"queue: {what}, {MANY:,} open beside {FEW:,}", pair.ratio, "x", 1.5, "less", against, points)


def _claimer(engine: Engine) -> Callable[[], float]:
    """Claim and release. Returns the median seconds of a claim, its commit included."""
    agent = Principal(UUID(int=1), "Bench", _EMAIL, "agent", frozenset({TEAM}))

    def once() -> float:
        begin = time.perf_counter()
        with engine.begin() as connection:
            [claimed] = claim_next(connection, TEAM, agent, 1, 600, DEFAULT_TEAMS)
        took = time.perf_counter() - begin
        with engine.begin() as connection:
            release_claim(connection, claimed.claim, agent)
        return took

    return lambda: statistics.median(once() for _ in range(TIMES))


def _page(environment: Mapping[str, str]) -> Callable[[], float]:
    """Open the queue as a signed-in agent. Returns the median seconds from request to HTML."""
    settings = read(TriageSettings, environment)
    with create_engine(settings.database_url).begin() as connection:
        make_user(connection, _EMAIL, "Bench", "agent", (TEAM,), _PASSWORD)
    client = create_app(settings).test_client()
    _sign_in(client)

    def once() -> float:
        begin = time.perf_counter()
        answer = client.get(f"/queues/{TEAM}")
        took = time.perf_counter() - begin
        if answer.status_code != 200:
            raise ValueError(answer.text[:500])
        return took

    return lambda: statistics.median(once() for _ in range(TIMES))


def _sign_in(client: FlaskClient) -> None:
    token = re.search(r'name="csrf_token" value="(\w+)"', client.get("/login").text)
    fields = {"csrf_token": token[1] if token else "", "email": _EMAIL, "password": _PASSWORD}
    if client.post("/login", data=fields).status_code != 303:
        raise ValueError("could not sign in")


def _searches(many: Engine, few: Engine) -> Iterator[Row]:
    for query in _KINDS:
        pair = in_turns(_searcher(many, query, MANY), _searcher(few, query, FEW), ROUNDS)
        what = f"queue: a search for {_KINDS[query]}, {MANY:,} tickets"
        yield Row(what, pair.ours * 1000, "ms", SEARCH_PROMISE, "less", f"{pair.ceiling * 1000:.2f} ms with {FEW:,}")


def _by_key(many: Engine) -> Iterator[Row]:
    """The slowest of the keys, and of the views with such a search, at the 95th percentile."""
    agent = Principal(UUID(int=1), "Bench", _EMAIL, "agent", frozenset({TEAM}))
    day = (datetime.now(UTC) - timedelta(days=14)).date().isoformat()
    queries = [query.format(day=day) for query in _KEYS]

    def find(connection: Connection, query: str) -> None:
        search_tickets(connection, query, Wanted([TEAM]), agent)

    def count(connection: Connection, query: str) -> None:
        count_matches(connection, query, Wanted([TEAM]), agent)

    for what, call, promise in (("a search by key", find, SEARCH_PROMISE), ("a view's count", count, COUNT_PROMISE)):
        slowest, query = max((_95th_percentile(many, call, query), query) for query in queries)
        title = f"queue: {what}, the slowest of {len(queries)}, {MANY:,} tickets, 95th percentile"
        yield Row(title, slowest * 1000, "ms", promise, "less", query)


def _95th_percentile(engine: Engine, call: Callable[[Connection, str], None], query: str) -> float:
    times = []
    for _ in range(KEY_ROUNDS):
        begin = time.perf_counter()
        with engine.begin() as connection:
            call(connection, query)
        times.append(time.perf_counter() - begin)
    return statistics.quantiles(times, n=20)[-1]


def _searcher(engine: Engine, query: str, tickets: int) -> Callable[[], float]:
    wanted = Wanted([TEAM])
    number = tickets // 2
    query = query.format(n=number, h=number // 10_000, l=number % 10_000)

    def once() -> float:
        begin = time.perf_counter()
        with engine.begin() as connection:
            search_tickets(connection, query, wanted)
        return time.perf_counter() - begin

    return lambda: statistics.median(once() for _ in range(TIMES // 3))
