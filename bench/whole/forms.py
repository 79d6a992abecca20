"""Visitors of a whole stack who send the form, or post to the API, as fast as they are answered."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bench.harness.load import RequestOf, UnexpectedAnswer
from bench.intake import submission
from bench.peers.measure import FORM, FORM_WITH_FILE, POSTED
from bench.peers.peer import VisitOf
from bench.visits.form import File, form_with, get, post
from bench.visits.texts import SUBJECT, address, message, screenshot
from bench.visits.visits import Visit, Visited, Visits, expect
from bench.whole.stack import WholeStack
from bench.whole.traffic import CONNECTIONS, LOOK_EVERY, wait_until_handled

CASES: Mapping[str, Callable[[WholeStack, float], "Measured"]] = {
    FORM: lambda stack, seconds: fetched_and_posted(stack, seconds, with_file=False),
    FORM_WITH_FILE: lambda stack, seconds: fetched_and_posted(stack, seconds, with_file=True),
    POSTED: lambda stack, seconds: posted(stack, seconds),
}
PAGE = "/help/account/login/note"
WARM_UP = 2.0
PARTS = 6  # of a measurement, whose lowest and highest rate are told
LONGEST = 600.0  # seconds that a backlog is waited for
_FILES = (
    "select count(*) filter (where state = 'pending'), count(*) filter (where state <> 'clean') from intake.attachments"
)


@dataclass(frozen=True)
class Measured:
    """`rate`: tickets a second; `lowest`, `highest`: of the equal parts of the time; `drained`: the seconds after it until all was
    handled. `accepted`: a second within the time, where `rate` counts the seconds after it too."""

    rate: float
    lowest: float
    highest: float
    drained: float = 0.0
    accepted: float | None = None

    def __str__(self) -> str:
        spread = f"({self.lowest:,.0f} to {self.highest:,.0f})"
        if self.accepted is None:
            return f"{self.rate:,.0f}/s {spread}"
        return (
            f"{self.rate:,.0f}/s: {self.accepted:,.0f}/s accepted {spread}, all handled {self.drained:.1f} s after it"
        )


def measured(visited: Visited, drained: float = 0.0) -> Measured:
    """The figures of these visits."""
    return Measured(visited.rate, *visited.spread(PARTS), drained)


def measure(stack: WholeStack, case: str, seconds: float) -> Measured | str:
    """The figures of one of CASES, or why there are none: an answer that nobody wants ends a case, not the benchmark."""
    try:
        return CASES[case](stack, seconds)
    except UnexpectedAnswer as error:
        return str(error)[:200]


def fetched_and_posted(stack: WholeStack, seconds: float, *, with_file: bool) -> Measured:
    """The form fetched and sent; all that the file needs is done when the backlog is."""
    file = screenshot() if with_file else None
    return _visited(stack, lambda number: _fetch_and_post(stack.port, number, file), seconds)


def posted(stack: WholeStack, seconds: float) -> Measured:
    """The API, as a program of ours posts. The rate is that of everything accepted over the time until all of it was handled."""
    done = _visited(stack, post_to_api(submission("api")), seconds)
    handled = done.rate * seconds / (seconds + done.drained)
    return Measured(handled, done.lowest, done.highest, done.drained, done.rate)


def _visited(stack: WholeStack, visit_of: VisitOf, seconds: float) -> Measured:
    visits = Visits(stack.port, visit_of, CONNECTIONS)
    visits.run(WARM_UP)
    wait_until_handled(stack)
    visited = visits.run(seconds)
    begun = time.monotonic()
    wait_until_handled(stack, LONGEST)
    _wait_until_clean(stack)
    return measured(visited, time.monotonic() - begun)


def _fetch_and_post(port: int, number: int, file: File | None) -> Visit:
    host = f"127.0.0.1:{port}"
    page = expect((yield get(host, PAGE)), 200)
    form = form_with(page.body, "form_token")
    filled = {
        "email": address("person", number),
        "subject": SUBJECT,
        "message": message(number),
        "details.login_method": "google",
        "platform": "web",
    }
    answer = expect((yield post(host, PAGE, form, filled, page.cookies, file)), 303)
    if b"/t/" not in answer.header(b"location"):
        raise UnexpectedAnswer(f"the visitor was sent to {answer.header(b'location')!r}")


def post_to_api(request_of: RequestOf) -> VisitOf:
    """Visits that are one call."""

    def visit(number: int) -> Visit:
        expect((yield request_of(number)), 201)

    return visit


def _wait_until_clean(stack: WholeStack) -> None:
    """Wait until every file was looked at. Raises UnexpectedAnswer for one that is not clean then."""
    deadline = time.monotonic() + LONGEST
    with stack.database() as connection:
        while (row := connection.execute(_FILES).fetchone()) != (0, 0):
            assert row is not None
            pending, others = row
            if not pending or time.monotonic() > deadline:
                raise UnexpectedAnswer(f"{pending} files are pending, {others - pending} were not accepted")
            time.sleep(LOOK_EVERY)
