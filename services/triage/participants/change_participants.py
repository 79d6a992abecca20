"""Sets who besides the requester takes part in a ticket: they get the answers, and may reply by mail."""

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, text

from services.triage.actions.access import Actor, lock_for_action
from services.triage.settings import TriageSettings
from services.triage.tickets.timeline import append
from shared.errors import Unprocessable
from shared.events.contracts import participants_changed
from shared.events.log import record
from shared.mail.addresses import folded_address, visible
from shared.submission_values import email_error

MOST_PARTICIPANTS = 10
OURS = "This is an address of ours."

# Those who stay keep who added them, and when.
_REPLACE = text("""
    with wanted as (
        select * from jsonb_to_recordset(cast(:wanted as jsonb)) as one (address text, email text, position integer)
    ), gone as (
        delete from triage.participants p where ticket = :ticket and not exists (select from wanted where wanted.address = p.address)
    )
    insert into triage.participants (ticket, address, email, position, added_by)
    select :ticket, address, email, position, :by from wanted
    on conflict (ticket, address) do update set email = excluded.email, position = excluded.position
""")


def change_participants(
    connection: Connection, reference: str, actor: Actor, emails: Sequence[str], settings: TriageSettings
) -> None:
    """Let exactly these addresses take part. The requester's own is left out, since it gets the answers anyway, and so are repeats.

    Raises Unprocessable for one that cannot be mailed or is ours, then what lock_for_action raises.
    """
    addresses = _addresses(emails, settings)
    ticket = lock_for_action(connection, reference, actor)
    addresses.pop(folded_address(ticket.email), None)
    wanted = list(addresses.values())
    if wanted == list(ticket.participants):
        return
    rows = [
        {"address": address, "email": email, "position": position}
        for position, (address, email) in enumerate(addresses.items())
    ]
    by = actor.principal.name
    connection.execute(_REPLACE, {"ticket": reference, "wanted": json.dumps(rows), "by": by})
    append(connection, reference, actor.line("participants_changed", facts=_difference(ticket.participants, wanted)))
    payload = {"team": ticket.team, "by": by}
    record(connection, [participants_changed(reference, ticket.correlation_id, payload, {"participants": wanted})])


def _addresses(emails: Sequence[str], settings: TriageSettings) -> dict[str, str]:
    """The addresses by their folded form, in the order given. Raises Unprocessable with every bad one."""
    found: dict[str, str] = {}
    errors = []
    for given in emails:
        email = visible(given)
        folded = folded_address(email)
        if error := email_error(email, smtputf8=settings.smtputf8):
            errors.append(f"{email[:100]}: {error}")
        elif folded == folded_address(settings.mail_from) or folded.endswith(f"@{settings.mail_domain.lower()}"):
            errors.append(f"{email}: {OURS}")
        else:
            found.setdefault(folded, email)
    if errors:
        raise Unprocessable({"emails": errors})
    return found


def _difference(before: Sequence[str], after: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Who was added and who was removed, for the timeline."""
    added = [email for email in after if email not in before]
    removed = [email for email in before if email not in after]
    return {name: emails for name, emails in (("added", added), ("removed", removed)) if emails}
