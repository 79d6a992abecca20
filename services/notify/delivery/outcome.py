"""The outcome of one attempt to send an e-mail."""

from dataclasses import dataclass, field
from uuid import UUID

from uuid_utils.compat import uuid7


@dataclass(frozen=True)
class Outcome:
    """`state`: of the e-mail from now on, for the reason `because`; `wait`: seconds until it is due again.

    `counted`: whether it is an attempt, with the server's reply; if not, the e-mail's counters stay. `suppresses`: the recipient gets no
    more e-mail; `by_policy`: the server rejected the recipient for a policy. `announced`: an event tells the other services of the new
    state. `opens_breaker`: the cause, if sending must stop; `closes_breaker`: whether it shows that sending may go on. `lost_at`: the
    stage at which the conversation broke off, if it did.
    """

    state: str
    because: str | None = None
    counted: bool = True
    wait: float = 0
    suppresses: bool = False
    by_policy: bool = False
    announced: bool = True
    opens_breaker: str | None = None
    closes_breaker: bool = False
    lost_at: str | None = None
    stage: str = ""
    code: int | None = None
    words: str = ""
    attempt: UUID = field(default_factory=uuid7)
