"""A delivery that failed backs off, or is parked until a person replays it."""

from sqlalchemy import Connection, text

from shared.errors import PermanentError, TransientError

# 1, 2, 4 … 64 s: two minutes in which a deployment or a restart may fix an unknown error.
MAX_FAILURES = 8
# Transient errors back off to this many seconds at most, and park only after a day.
MAX_DELAY_SECONDS = 300
TRANSIENT_AGE_LIMIT = "24 hours"
# A delivery that was begun alone this often without an outcome killed its worker each time.
MAX_SOLO_STARTS = 9
WORKER_DIED = "its worker died"
_ERROR_LENGTH = 2000

_PARK = text("""
    update events.deliveries
    set parked_at = clock_timestamp(), last_error = :error, sends = 0, solo_starts = 0,
        failures = failures + 1
    where subscriber = :subscriber and id = :id and not parked
    returning ticket
""")

_FAIL = text("""
    update events.deliveries
    set failures = failures + 1, last_error = :error, sends = 0, solo_starts = 0,
        not_before = statement_timestamp() + make_interval(secs => power(2, failures)),
        due_at = statement_timestamp() + make_interval(secs => power(2, failures)),
        parked_at = case when failures + 1 >= :most then clock_timestamp() end
    where subscriber = :subscriber and id = :id and not parked
    returning ticket
""")

_DELAY = text("""
    update events.deliveries
    set delays = delays + 1, last_error = :error, sends = 0, solo_starts = 0,
        delayed_since = coalesce(delayed_since, clock_timestamp()),
        not_before = statement_timestamp() + make_interval(secs => least(power(2, least(delays, 20)), :longest)),
        due_at = statement_timestamp() + make_interval(secs => least(power(2, least(delays, 20)), :longest)),
        parked_at = case when delayed_since < clock_timestamp() - cast(:age as interval) then clock_timestamp() end
    where subscriber = :subscriber and id = :id and not parked
    returning ticket
""")

# A ticket's later events wait for its first unparked one; moving their due time keeps the relay from reading them in vain. At most 200,
# so that a failure is counted quickly however many there are: the relay moves the rest.
_MOVE_FOLLOWERS = text("""
    with head as (
        select id, due_at from events.deliveries
        where subscriber = :subscriber and ticket = :ticket and not parked order by id limit 1
    ), followers as (
        select d.id, head.due_at from events.deliveries d cross join head
        where d.subscriber = :subscriber and d.ticket = :ticket and not d.parked and d.id >= head.id
        order by d.id limit 200
        for update of d skip locked
    )
    update events.deliveries d set due_at = greatest(followers.due_at, d.not_before)
    from followers where d.subscriber = :subscriber and d.id = followers.id
""")


def fail(connection: Connection, subscriber: str, delivery: int, error: BaseException) -> None:
    """Count one failure of a delivery in the caller's (own, short) transaction.

    TransientError backs off and counts towards nothing but an age limit; PermanentError parks at once; anything else parks after
    MAX_FAILURES.
    """
    parameters = {"subscriber": subscriber, "id": delivery, "error": describe(error)}
    if isinstance(error, PermanentError):
        row = connection.execute(_PARK, parameters).first()
    elif isinstance(error, TransientError):
        limits = {"longest": MAX_DELAY_SECONDS, "age": TRANSIENT_AGE_LIMIT}
        row = connection.execute(_DELAY, parameters | limits).first()
    else:
        row = connection.execute(_FAIL, parameters | {"most": MAX_FAILURES}).first()
    move_followers(connection, subscriber, row.ticket if row else None)


def park_as_dead(connection: Connection, subscriber: str, delivery: int) -> None:
    """Park a delivery whose worker died each time it was begun alone."""
    row = connection.execute(_PARK, {"subscriber": subscriber, "id": delivery, "error": WORKER_DIED}).first()
    move_followers(connection, subscriber, row.ticket if row else None)


def move_followers(connection: Connection, subscriber: str, ticket: str | None) -> None:
    """Make a ticket's later deliveries due when its first unparked one is."""
    if ticket is not None:
        connection.execute(_MOVE_FOLLOWERS, {"subscriber": subscriber, "ticket": ticket})


def describe(error: BaseException) -> str:
    """A short text about an error, safe to store: without NUL, without a statement's parameters or a row's values, which a person may
    have written."""
    original = getattr(error, "orig", None) or error
    diagnostics = getattr(original, "diag", None)
    try:
        message = getattr(diagnostics, "message_primary", None) or str(original) or repr(original)
    except Exception:
        message = "(its message cannot be read)"
    described = f"{type(original).__name__}: {message}"[:_ERROR_LENGTH]
    return described.replace("\x00", "\\x00").encode("utf-8", "backslashreplace").decode()
