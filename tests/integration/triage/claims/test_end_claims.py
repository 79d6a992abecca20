"""The claims of closed accounts end."""

import pytest
from click.testing import CliRunner

from shared.auth.cli import users
from tests.integration.triage.conftest import People, Triage


def test_claims_of_a_closed_account_are_released(
    triage: Triage, people: People, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, other = triage.submit(), triage.submit()
    leaving, staying = people("agent", "ads", name="Leaving"), people("agent", "ads", name="Staying")
    assert {one["ticket"]["reference"] for one in leaving.claim()} == {mine}
    assert {one["ticket"]["reference"] for one in staying.claim()} == {other}
    email = triage.rows("select email from auth.users where name = 'Leaving'")[0].email
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    closed = CliRunner().invoke(users, ["disable", email])
    assert closed.exit_code == 0, closed.output
    ids = [row.id for row in triage.rows("select id from events.log where type = 'PersonDisabled'")]
    assert triage.consumer.consume(ids) == 1
    assert (triage.ticket(mine).state, triage.ticket(other).state) == ("open", "claimed")
    assert triage.timeline(mine)[-1] == "given_back"
    assert leaving("GET", "/v1/queues").status_code == 401
