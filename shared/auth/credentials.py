"""What callers showed, by its digest: whether it is still valid, for answers that last longer than a request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection, text

from shared.auth.principal import ALL_TEAMS, Principal
from shared.auth.sessions import IDLE, LONGEST

OUR_SERVICES = UUID(int=0)

_VALID = text("""
    select given.position, u.id, u.name, u.email, u.role, u.is_program, t.scopes,
           array(select team from auth.memberships m where m.user_id = u.id) as teams
    from unnest(cast(:accounts as uuid[]), cast(:kinds as text[]), cast(:hashes as bytea[]))
         with ordinality as given (account, kind, hash, position)
    join auth.users u on u.id = given.account and u.disabled_at is null
    left join auth.sessions s on given.kind = 'session' and s.hash = given.hash and s.user_id = u.id
         and s.last_used_at > clock_timestamp() - :idle and s.created_at > clock_timestamp() - :longest
    left join auth.tokens t on given.kind = 'token' and t.hash = given.hash and t.user_id = u.id
         and t.revoked_at is null and (t.expires_at is null or t.expires_at > clock_timestamp())
    where given.kind = 'account' or s.hash is not null or t.hash is not null
""")


@dataclass(frozen=True)
class Credential:
    """The session or the bearer token of a request, by the digest that is stored; `account` where one of our services called."""

    kind: Literal["session", "token", "account"]
    digest: bytes | None


Shown = tuple[UUID, Credential]


def still_valid(connection: Connection, shown: Sequence[Shown]) -> Mapping[Shown, Principal]:
    """Those of the accounts' credentials that are valid now, with the permissions of now. It counts as no use of them."""
    values = {
        "accounts": [account for account, _ in shown],
        "kinds": [credential.kind for _, credential in shown],
        "hashes": [credential.digest for _, credential in shown],
        "idle": IDLE,
        "longest": LONGEST,
    }
    found: dict[Shown, Principal] = {
        one: Principal(OUR_SERVICES, "Vidare", "service@vidare.invalid", "service", frozenset({ALL_TEAMS}))
        for one in shown
        if one == (OUR_SERVICES, Credential("account", None))
    }
    for row in connection.execute(_VALID, values):
        scopes = None if row.scopes is None else frozenset(row.scopes)
        found[shown[row.position - 1]] = Principal(
            row.id, row.name, row.email, row.role, frozenset(row.teams), scopes, row.is_program
        )
    return found
