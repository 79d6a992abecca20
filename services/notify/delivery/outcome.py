"""What came of one try to send an e-mail."""

from dataclasses import dataclass, field
from uuid import UUID

from uuid_utils.compat import uuid7


@dataclass(frozen=True)
class Outcome:
    """What came of one try.

    `counted`: it was an attempt, with the server's words; otherwise the e-mail goes back as it was. `wait`: seconds until it is due
    again. `refused`: the recipient is to be suppressed; `denied`: it was refused for a policy of the server's. `told`: the other
    services are to hear of the new state. `shuts`: what the gate is from now on, if this shuts it. `reopens`: it shows that the shut
    gate may be opened. `lost_at`: the stage at which the conversation broke off, if it did.
    """

    state: str
    because: str | None = None
    counted: bool = True
    wait: float = 0
    refused: bool = False
    denied: bool = False
    told: bool = True
    shuts: str | None = None
    reopens: bool = False
    lost_at: str | None = None
    stage: str = ""
    code: int | None = None
    words: str = ""
    attempt: UUID = field(default_factory=uuid7)
