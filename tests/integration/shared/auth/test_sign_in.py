"""Signing in: passwords, lock-out, sessions and their ends."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from shared.auth.sessions import end_session, find_session, start_session
from shared.auth.sign_in import LockOut, sign_in
from shared.auth.users import disable, find_user, make_user, reset_password
from shared.errors import TooManyRequests, Unauthenticated

PASSWORD = "correct horse battery"
LIMIT = LockOut(3, timedelta(minutes=15))


@pytest.fixture
def anna(engine: Engine) -> UUID:
    with engine.begin() as connection:
        return make_user(connection, "anna@example.org", "Anna", "agent", ["ads"], PASSWORD)


def failures(engine: Engine) -> int:
    with engine.begin() as connection:
        return int(connection.execute(text("select count(*) from auth.login_failures")).scalar_one())


def test_the_right_password_starts_a_session(engine: Engine, anna: UUID) -> None:
    session = sign_in(engine, "Anna@Example.org", PASSWORD, "192.0.2.1", LIMIT)
    with engine.begin() as connection:
        found = find_session(connection, session)
        kept = str(connection.execute(text("select * from auth.sessions")).all())
    assert found is not None
    assert (found.id, found.teams) == (anna, frozenset({"ads"}))
    assert session not in kept
    assert failures(engine) == 0


@pytest.mark.parametrize("email", ["anna@example.org", "nobody@example.org", "", "x" * 5000, "anna\x00@example.org"])
def test_a_wrong_password_and_an_unknown_account_answer_alike(engine: Engine, anna: UUID, email: str) -> None:
    with pytest.raises(Unauthenticated, match="The e-mail address or the password is wrong"):
        sign_in(engine, email, "wrong password", "192.0.2.1", LIMIT)


def test_an_account_without_a_password_cannot_sign_in(engine: Engine) -> None:
    with engine.begin() as connection:
        make_user(connection, "robot@example.org", "Robot", "service")
    with pytest.raises(Unauthenticated):
        sign_in(engine, "robot@example.org", "", "192.0.2.1", LIMIT)


@pytest.mark.parametrize("email", ["anna@example.org", "nobody@example.org"])
def test_the_way_closes_after_so_many_failures_known_account_or_not(engine: Engine, anna: UUID, email: str) -> None:
    for _ in range(3):
        with pytest.raises(Unauthenticated):
            sign_in(engine, email, "wrong password", "192.0.2.1", LIMIT)
    with pytest.raises(TooManyRequests) as refused:
        sign_in(engine, email, PASSWORD, "192.0.2.1", LIMIT)
    assert 890 <= refused.value.retry_after <= 900


def test_a_stranger_cannot_lock_anna_out(engine: Engine, anna: UUID) -> None:
    for _ in range(5):
        with pytest.raises((Unauthenticated, TooManyRequests)):
            sign_in(engine, "anna@example.org", "wrong password", "198.51.100.7", LIMIT)
    assert sign_in(engine, "anna@example.org", PASSWORD, "192.0.2.1", LIMIT)


def test_the_way_opens_again_when_the_failures_are_old(engine: Engine, anna: UUID) -> None:
    for _ in range(3):
        with pytest.raises(Unauthenticated):
            sign_in(engine, "anna@example.org", "wrong password", "192.0.2.1", LIMIT)
    with engine.begin() as connection:
        connection.execute(text("update auth.login_failures set at = at - interval '15 minutes'"))
    assert sign_in(engine, "anna@example.org", PASSWORD, "192.0.2.1", LIMIT)


def test_success_forgets_the_failures_before_it(engine: Engine, anna: UUID) -> None:
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            sign_in(engine, "anna@example.org", "wrong password", "192.0.2.1", LIMIT)
    sign_in(engine, "anna@example.org", PASSWORD, "192.0.2.1", LIMIT)
    assert failures(engine) == 0


def test_attempts_at_the_same_moment_do_not_slip_through(engine: Engine, anna: UUID) -> None:
    def attempt(_: int) -> str:
        try:
            sign_in(engine, "anna@example.org", "wrong password", "192.0.2.1", LIMIT)
        except Unauthenticated:
            return "wrong"
        except TooManyRequests:
            return "closed"
        return "in"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(12)))
    assert (outcomes.count("wrong"), outcomes.count("closed")) == (3, 9)


def test_no_limit_means_none(engine: Engine, anna: UUID) -> None:
    for _ in range(4):
        with pytest.raises(Unauthenticated):
            sign_in(engine, "anna@example.org", "wrong password", "192.0.2.1", None)
    assert sign_in(engine, "anna@example.org", PASSWORD, "192.0.2.1", None)


def test_signing_in_ends_the_session_before_it(engine: Engine, anna: UUID) -> None:
    former = sign_in(engine, "anna@example.org", PASSWORD, "192.0.2.1", LIMIT)
    later = sign_in(engine, "anna@example.org", PASSWORD, "192.0.2.1", LIMIT, session=former)
    with engine.begin() as connection:
        assert find_session(connection, former) is None
        assert find_session(connection, later) is not None


def age(engine: Engine, column: str, by: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"update auth.sessions set {column} = {column} - interval '{by}'"))


@pytest.mark.parametrize(("column", "by"), [("last_used_at", "61 minutes"), ("created_at", "12 hours 1 minute")])
def test_a_session_ends_by_idleness_and_by_age(engine: Engine, anna: UUID, column: str, by: str) -> None:
    with engine.begin() as connection:
        session = start_session(connection, anna)
    age(engine, column, by)
    with engine.begin() as connection:
        assert find_session(connection, session) is None


@pytest.mark.parametrize(("counts_as_use", "lives"), [(True, True), (False, False)])
def test_live_updates_do_not_keep_a_session_alive(engine: Engine, anna: UUID, counts_as_use: bool, lives: bool) -> None:
    with engine.begin() as connection:
        session = start_session(connection, anna)
    for _ in range(2):
        age(engine, "last_used_at", "40 minutes")
        with engine.begin() as connection:
            find_session(connection, session, counts_as_use=counts_as_use)
    with engine.begin() as connection:
        assert (find_session(connection, session) is not None) == lives


def test_signing_out_and_a_reset_and_disabling_end_it(engine: Engine, anna: UUID) -> None:
    with engine.begin() as connection:
        first, second, third = (start_session(connection, anna) for _ in range(3))
        end_session(connection, first)
        assert find_session(connection, first) is None
        reset_password(connection, anna, "another password altogether")
        assert find_session(connection, second) is None
        third = start_session(connection, anna)
        disable(connection, anna)
        assert find_session(connection, third) is None
        assert find_user(connection, "anna@example.org").disabled_at is not None
    with pytest.raises(Unauthenticated):
        sign_in(engine, "anna@example.org", "another password altogether", "192.0.2.1", LIMIT)
