"""The table of roles: what each may do, and in which teams."""

from uuid import UUID

import pytest

from shared.auth.principal import PERMISSIONS, Principal, Role
from shared.errors import Forbidden


def someone(role: Role, *teams: str, scopes: frozenset[str] | None = None) -> Principal:
    return Principal(UUID(int=1), "Someone", "someone@example.org", role, frozenset(teams), scopes)


@pytest.mark.parametrize(
    ("role", "teams", "reads_ads", "writes_ads", "reads_billing", "takes_over"),
    [
        ("agent", ("ads",), True, True, False, False),
        ("lead", ("ads",), True, True, False, True),
        ("lead", (), False, False, False, False),
        ("admin", (), True, True, True, True),
        ("auditor", (), True, False, True, False),
        ("service", ("ads",), True, True, False, False),
        ("service", ("*",), True, True, True, False),
    ],
)
def test_a_role_in_its_teams(
    role: Role, teams: tuple[str, ...], reads_ads: bool, writes_ads: bool, reads_billing: bool, takes_over: bool
) -> None:
    one = someone(role, *teams)
    assert one.may_read("ads") is reads_ads
    assert one.may_write("ads") is writes_ads
    assert one.may_read("billing") is reads_billing
    assert one.may_take_over("ads") is takes_over


def test_an_auditor_has_no_permission_but_to_read() -> None:
    assert all(permission.endswith(".read") for permission in PERMISSIONS["auditor"])
    assert len(PERMISSIONS["auditor"]) > 4


def test_lists_hold_ones_own_teams_only() -> None:
    assert someone("agent", "billing", "ads").readable(("account", "ads", "billing")) == ("ads", "billing")
    assert someone("auditor").readable(("account", "ads")) == ("account", "ads")


def test_scopes_only_ever_narrow() -> None:
    assert someone("agent", "ads", scopes=frozenset({"write"})).may_write("ads")
    assert not someone("agent", "ads", scopes=frozenset({"write"})).may("rules.read")
    assert not someone("admin", scopes=frozenset({"read"})).may("rules.write")
    assert not someone("agent", "ads", scopes=frozenset({"team:billing"})).may_read("billing")


@pytest.mark.parametrize("role", ["lead", "admin", "auditor"])
def test_a_token_that_is_bound_to_a_team_does_nothing_that_concerns_all(role: Role) -> None:
    bound = someone(role, "ads", scopes=frozenset({"team:ads", "write"}))
    allowed = {permission for permission in PERMISSIONS[role] if bound.may(permission)}
    assert allowed <= {
        "tickets.read",
        "tickets.write",
        "claims.take-over",
        "agent-reports.read",
        "emails.read",
        "emails.write",
    }
    assert bound.may_read("ads")
    assert not bound.may_read("billing")
    assert not bound.may_read("*")


def test_requiring_raises() -> None:
    with pytest.raises(Forbidden):
        someone("agent", "ads").require_read("billing")
    with pytest.raises(Forbidden):
        someone("auditor").require_write("ads")
    with pytest.raises(Forbidden):
        someone("agent", "ads").require("rules.read")
