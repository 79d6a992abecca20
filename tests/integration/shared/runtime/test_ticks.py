"""Ticks whose steps run in transactions."""

from sqlalchemy import Connection, Engine, text

from shared.runtime.ticks import in_transactions


def test_a_step_runs_again_while_it_returns_that_there_is_more(engine: Engine) -> None:
    transactions = []
    answers = iter([3, True, 0, 1])

    def step(connection: Connection) -> object:
        transactions.append(connection.execute(text("select pg_current_xact_id()")).scalar())
        return next(answers)

    in_transactions(engine, step)()
    assert len(set(transactions)) == 3


def test_a_step_that_returns_nothing_runs_once(engine: Engine) -> None:
    runs = []
    in_transactions(engine, lambda connection: runs.append(connection))()
    assert len(runs) == 1
