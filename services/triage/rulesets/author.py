"""The author of a change, as the record of changes stores it."""

from dataclasses import dataclass
from uuid import UUID

from shared.audit import record as audit
from shared.auth.principal import Principal


@dataclass(frozen=True)
class Author:
    """A name, where the change came from (an address, or the command line), and the account's e-mail address
    and id if there is one."""

    name: str
    origin: str | None = None
    account: str | None = None
    account_id: UUID | None = None

    @property
    def audited(self) -> audit.Author:
        """As the audit log names it."""
        return audit.Author(self.account_id, self.origin if self.account_id else None)


def author_of(principal: Principal, origin: str | None) -> Author:
    """The author of a request: a person who is signed in, or the owner of a token."""
    return Author(principal.name, origin, principal.email, principal.id)
