"""`vidare users` and `vidare tokens`, as an operator types them."""

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from shared.audit.list_entries import NEWEST, Wanted, list_entries
from shared.auth.cli import tokens, users
from shared.auth.sign_in import sign_in
from shared.auth.tokens import find_principal
from shared.auth.users import find_user


@pytest.fixture
def run(engine: Engine, environment: dict[str, str]) -> "type[Commands]":
    Commands.environment = environment
    return Commands


class Commands:
    environment: dict[str, str]

    @classmethod
    def users(cls, *words: str, entered: str = "") -> Result:
        return CliRunner(env=cls.environment).invoke(users, words, input=entered)

    @classmethod
    def tokens(cls, *words: str) -> Result:
        return CliRunner(env=cls.environment).invoke(tokens, words)


def test_an_account_is_made_and_its_password_works(run: type[Commands], engine: Engine) -> None:
    made = run.users("add", "anna@example.org", "--role", "lead", "--team", "ads", "--team", "billing")
    assert made.exit_code == 0, made.output
    assert sign_in(engine, "anna@example.org", made.output.split()[-1], "192.0.2.1", None)
    assert run.users("list").output == "anna@example.org\tlead\tads,billing\tactive\tanna\n"


def test_a_password_may_be_entered_and_is_not_shown(run: type[Commands], engine: Engine) -> None:
    entered = "a password of my own\n" * 2
    made = run.users("add", "anna@example.org", "--ask-password", entered=entered)
    assert made.exit_code == 0, made.output
    assert "a password of my own" not in made.output
    assert sign_in(engine, "anna@example.org", "a password of my own", "192.0.2.1", None)


def test_a_closed_account_opens_again_under_another_name(run: type[Commands], engine: Engine) -> None:
    run.users("add", "anna@example.org", "--team", "ads")
    run.users("disable", "anna@example.org")
    opened = run.users("enable", "anna@example.org")
    assert opened.exit_code == 0, opened.output
    assert sign_in(engine, "anna@example.org", opened.output.split()[-1], "192.0.2.1", None)
    run.users("set", "anna@example.org", "--name", "Anna Berg")
    assert run.users("list").output == "anna@example.org\tagent\tads\tactive\tAnna Berg\n"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["enable", "bo@example.org"], "This account is open"),
        (["set", "bo@example.org", "--name", ""], "A name has 1 to 100"),
        (["add", "anna"], "Not an e-mail address"),
        (["add", "anna@example.org", "--team", "cooking"], "no such team: cooking"),
        (["add", "bo@example.org"], "has an account already"),
        (["disable", "nobody@example.org"], "has no account"),
        (["reset-password", "nobody@example.org"], "has no account"),
    ],
)
def test_what_is_wrong_is_one_line(run: type[Commands], words: list[str], complaint: str) -> None:
    run.users("add", "bo@example.org")
    answer = run.users(*words)
    assert answer.exit_code == 1
    assert complaint in answer.output
    assert "Traceback" not in answer.output


def test_a_token_is_shown_once_and_can_be_revoked(run: type[Commands], engine: Engine) -> None:
    run.users("add", "anna@example.org", "--team", "ads")
    token = run.tokens(
        "add", "anna@example.org", "--name", "exporter", "--scope", "read", "--team", "ads"
    ).output.strip()
    with engine.begin() as connection:
        found = find_principal(connection, token)
    assert found is not None
    assert found.scopes == frozenset({"read", "team:ads"})
    output = run.tokens("list").output
    assert "exporter" in output
    assert token not in output
    assert run.tokens("revoke", output.split("\t")[0]).exit_code == 0
    with engine.begin() as connection:
        assert find_principal(connection, token) is None


def test_role_and_teams_change(run: type[Commands]) -> None:
    run.users("add", "anna@example.org", "--team", "ads")
    assert "lead, teams billing" in run.users("set", "anna@example.org", "--role", "lead", "--team", "billing").output
    assert "teams none" in run.users("set", "anna@example.org", "--no-teams").output


def test_a_reset_gives_another_password(run: type[Commands], engine: Engine) -> None:
    run.users("add", "anna@example.org")
    password = run.users("reset-password", "anna@example.org").output.split()[-1]
    assert sign_in(engine, "anna@example.org", password, "192.0.2.1", None)


def test_the_audit_log_tells_what_was_done(run: type[Commands], engine: Engine) -> None:
    run.users("add", "anna@example.org", "--team", "ads")
    run.users("set", "anna@example.org", "--name", "Anna Berg")
    run.users("set", "anna@example.org", "--name", "Anna Berg")
    run.users("set", "anna@example.org", "--role", "lead")
    run.tokens("add", "anna@example.org", "--scope", "read")
    token = run.tokens("list").output.partition("\t")[0]
    run.tokens("revoke", token)
    run.users("disable", "anna@example.org")
    with engine.begin() as connection:
        account = find_user(connection, "anna@example.org").id
        entries = list(reversed(list_entries(connection, Wanted(), NEWEST, 20)))
    assert {entry.actor for entry in entries} == {"system"}
    of_account = f"user/{account}"
    assert [(entry.action, entry.target, entry.after) for entry in entries] == [
        ("user.created", of_account, {"role": "agent", "teams": ["ads"], "active": True}),
        ("user.changed", of_account, {"name": "changed"}),
        ("user.changed", of_account, {"role": "lead"}),
        ("token.created", f"token/{token}", {"account": str(account), "scopes": ["read"]}),
        ("token.revoked", f"token/{token}", None),
        ("user.closed", of_account, None),
    ]
