"""The caller and their permissions: the one table of roles and permissions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args
from uuid import UUID

from shared.errors import Forbidden

Role = Literal["agent", "lead", "admin", "auditor", "service"]
Permission = Literal[
    "tickets.read",
    "tickets.write",
    "claims.take-over",
    "rules.read",
    "rules.write",
    "reports.read",
    "agent-reports.read",
    "emails.read",
    "emails.write",
    "mails.read",
    "mails.write",
    "senders.read",
    "senders.write",
    "events.read",
    "events.replay",
    "people.read",
    "people.write",
    "saved-replies.share",
    "audit.read",
]

ROLES: tuple[Role, ...] = get_args(Role)
ALL_TEAMS = "*"

# Permissions on a ticket, claim or e-mail, which also depend on its team. Inbound mails without a ticket belong to no team.
_OF_A_TEAM: frozenset[Permission] = frozenset(
    {"tickets.read", "tickets.write", "emails.read", "emails.write", "claims.take-over", "agent-reports.read"}
)
_OF_LEADS: frozenset[Permission] = frozenset({"claims.take-over", "agent-reports.read"})
_AGENT: frozenset[Permission] = (_OF_A_TEAM - _OF_LEADS) | {"mails.read", "mails.write"}
_READING: frozenset[Permission] = frozenset(one for one in get_args(Permission) if one.endswith(".read"))

PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    "agent": _AGENT,
    "service": _AGENT,
    "lead": _AGENT | _OF_LEADS | {"rules.read", "reports.read", "senders.read", "senders.write", "saved-replies.share"},
    "auditor": _READING,
    "admin": frozenset(get_args(Permission)),
}


@dataclass(frozen=True)
class Principal:
    """Someone who is signed in, or the owner of a token.

    `teams` are those worked for; admins and auditors see every team without belonging to any, a service that works for all
    has `*`. `scopes` (None: no narrowing) are a token's: `read`, `write`, and `team:<name>` to bind it to teams; one that is bound
    does nothing that concerns every team, such as rules, people or parked events, whoever owns it. `is_program`: the account was made for a
    token.
    """

    id: UUID
    name: str
    email: str
    role: Role
    teams: frozenset[str] = frozenset()
    scopes: frozenset[str] | None = None
    is_program: bool = False

    @property
    def is_person(self) -> bool:
        """Whether somebody can own tickets and be mentioned under this account."""
        return self.role != "service" and not self.is_program

    def may(self, permission: Permission) -> bool:
        """Whether role and scopes give this permission, whatever the team."""
        return permission in PERMISSIONS[self.role] and self._in_scope(permission)

    def may_read(self, team: str) -> bool:
        """Whether this team's tickets may be read."""
        return self.may("tickets.read") and self._reaches(team)

    def may_write(self, team: str) -> bool:
        """Whether this team's tickets may be claimed, answered and moved."""
        return self.may("tickets.write") and self._reaches(team)

    def may_take_over(self, team: str) -> bool:
        """Whether a live claim of this team may be moved to another person."""
        return self.may("claims.take-over") and self._reaches(team)

    def readable(self, teams: tuple[str, ...]) -> tuple[str, ...]:
        """Those of `teams` that may be read, in their order."""
        return tuple(team for team in teams if self.may_read(team))

    def require(self, permission: Permission) -> None:
        """Raise Forbidden without the permission."""
        if not self.may(permission):
            raise Forbidden("Your role does not allow this.")

    def require_read(self, team: str) -> None:
        """Raise Forbidden when the team's tickets may not be read."""
        if not self.may_read(team):
            raise Forbidden("This belongs to another team.")

    def require_write(self, team: str) -> None:
        """Raise Forbidden when the team's tickets may not be worked on."""
        self.require("tickets.write")
        if not self._reaches(team):
            raise Forbidden("This belongs to another team.")

    def _reaches(self, team: str) -> bool:
        bound = self._bound_to()
        if bound and team not in bound:
            return False
        return self.role in ("admin", "auditor") or team in self.teams or ALL_TEAMS in self.teams

    def _bound_to(self) -> set[str]:
        return {scope.removeprefix("team:") for scope in self.scopes or () if scope.startswith("team:")}

    def _in_scope(self, permission: Permission) -> bool:
        if self._bound_to() and permission not in _OF_A_TEAM:
            return False
        actions = {scope for scope in self.scopes or () if not scope.startswith("team:")}
        if not actions:
            return True
        return "write" in actions or ("read" in actions and permission.endswith(".read"))
