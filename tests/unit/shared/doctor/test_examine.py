"""One question that fails does not silence the others."""

import psycopg
from sqlalchemy.exc import OperationalError

from shared.doctor.examine import examine
from shared.doctor.finding import Finding, Question, critical, ok
from shared.errors import TransientError
from shared.settings import SettingsError


def _fails() -> Finding:
    raise ConnectionRefusedError("nobody listens\nat all")


def _unset() -> Finding:
    raise SettingsError(["VIDARE_SMTP_URL: not set"])


def test_what_a_question_raises_is_its_finding() -> None:
    found = dict(examine([Question("store", _fails), Question("mail", _unset), Question("rules", lambda: ok("yes"))]))
    assert (found["store"].state, found["store"].says) == ("critical", "ConnectionRefusedError: nobody listens")
    assert (found["mail"].state, found["mail"].says) == ("critical", "VIDARE_SMTP_URL: not set")
    assert found["rules"].state == "ok"


def test_a_server_that_does_not_answer_is_named_and_what_needs_it_is_not_asked() -> None:
    def away() -> Finding:
        raise OperationalError("select 1", {}, psycopg.OperationalError("timeout expired\nat length"))

    def must_not_be_asked() -> Finding:
        raise AssertionError

    questions = [
        Question("PostgreSQL", away, "does it run?"),
        Question("rules", must_not_be_asked, needs=("PostgreSQL",)),
        Question("queues", lambda: ok("all empty"), needs=("Redis",)),
    ]
    found = dict(examine(questions))
    assert found["PostgreSQL"] == critical("PostgreSQL does not answer: timeout expired", "does it run?")
    assert found["rules"].says == "not asked: PostgreSQL does not answer"
    assert found["queues"].state == "ok"


def test_our_own_errors_speak_for_themselves() -> None:
    def away() -> Finding:
        raise TransientError("the object store is away")

    assert dict(examine([Question("store", away)]))["store"].says == "the object store is away"
