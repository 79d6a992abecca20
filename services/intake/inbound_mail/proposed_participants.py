"""Who else a requester's mail was copied to: proposed to the agents as participants. Pure."""

from services.intake.inbound_mail.mail import Mail
from services.intake.settings import IntakeSettings
from shared.mail.addresses import folded_address

# As many as a ticket may have.
MOST_PROPOSED = 10


def proposed_participants(mail: Mail, settings: IntakeSettings) -> tuple[str, ...]:
    """The addresses in the mail's Cc without its sender's and our own, each once."""
    left_out = {folded_address(settings.mail_from), folded_address(mail.sender or "")}
    found: dict[str, str] = {}
    for address in mail.cc:
        key = folded_address(address)
        if key not in left_out and not key.endswith(f"@{settings.mail_domain.lower()}"):
            found.setdefault(key, address)
    return tuple(found.values())[:MOST_PROPOSED]
