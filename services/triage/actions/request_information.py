"""Asks the requester for evidence."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from services.triage.actions.access import (
    UNFINISHED,
    Actor,
    lock_for_action,
    require_state,
    state_changed,
)
from services.triage.actions.action import (
    Action,
    ActionBody,
    ActionCall,
    Choice,
    attachments_field,
    codes_field,
    message_field,
)
from services.triage.actions.messages import OutgoingMessage
from services.triage.tickets.lock import LockedTicket, Move, move
from shared.catalog.model import Catalog
from shared.errors import Unprocessable
from shared.events.contracts import evidence_requested

_ASK = text("update triage.tickets set missing_evidence = :missing where reference = :reference")


def request_information(
    connection: Connection,
    reference: str,
    actor: Actor,
    evidence: Sequence[str],
    message: str | None,
    catalog: Catalog,
    attachments: Sequence[str] = (),
) -> None:
    """Ask for the slots in `evidence` (at least one, all of the ticket's path). The ticket waits, and opens when they are filled.

    Raises what lock_for_action and attach_uploads raise, Conflict for a finished ticket, Unprocessable for no or unknown slots.
    """
    ticket = lock_for_action(connection, reference, actor)
    require_state(ticket, *UNFINISHED)
    requested = _known_slots(evidence, ticket.category, catalog)
    missing = _missing_with(requested, ticket, catalog)
    connection.execute(_ASK, {"reference": reference, "missing": missing})
    outgoing = OutgoingMessage(ticket, actor, message, attachments)
    to = Move("waiting", "information_requested", answered=True, owner=outgoing.owner)
    line = outgoing.line("information_requested", {"evidence": requested})
    [entry] = move(connection, ticket, to, line)
    changes = [state_changed(ticket, "waiting", {"missing_evidence": missing})]
    about = {"evidence": requested, "reminder": False}
    outgoing.record(connection, evidence_requested, entry, "waiting", changes, **about)


def _missing_with(requested: Sequence[str], ticket: LockedTicket, catalog: Catalog) -> list[str]:
    """The requested slots and those missing before, in the order of the ticket's path."""
    category = catalog.resolve(ticket.category)
    slots = category.evidence if category else ()
    return [slot.id for slot in slots if slot.id in requested or slot.id in ticket.missing_evidence]


def _known_slots(evidence: Sequence[str], path: str, catalog: Catalog) -> list[str]:
    """The slots without repeats. Raises Unprocessable for none, or for one that is not in the path."""
    category = catalog.resolve(path)
    known = [slot.id for slot in category.evidence] if category else []
    if not evidence or any(slot not in known for slot in evidence):
        told = f"This path asks for: {', '.join(known)}." if known else "This path has no evidence to ask for."
        raise Unprocessable({"evidence": [told]})
    return list(dict.fromkeys(evidence))


class InformationRequestBody(ActionBody):
    """Which evidence is asked for."""

    evidence = codes_field(empty="Tick what is needed.")
    message = message_field()
    attachments = attachments_field()


def _run(call: ActionCall) -> None:
    request_information(*call.target, **call.values, catalog=call.rulesets.catalog)


def _evidence_choices(ticket: Mapping[str, Any], catalog: Catalog) -> Sequence[Choice]:
    """The slots of the ticket's path; the missing ones are ticked."""
    category = catalog.resolve(ticket["category"])
    locale = ticket["locale"] or "en"
    choices = []
    for slot in category.evidence if category else ():
        told = slot.label.in_locale(locale)
        is_missing = slot.id in ticket["missing_evidence"]
        choices.append(Choice(slot.id, slot.label.in_locale("en").text, told.text, told.lang, ticked=is_missing))
    return choices


ACTION = Action(
    name="evidence",
    path="information-requests",
    title="Ask for evidence",
    key="e",
    summary="Ask for evidence; the ticket waits until it comes",
    body=InformationRequestBody,
    run=_run,
    kind="information_requested",
    words="asked for evidence",
    emails=lambda _: True,
    done="The request for evidence is being sent. The ticket comes back to the queue when the evidence arrives.",
    choices={"evidence": _evidence_choices},
    answers_with="entry",
    offered_in=("claimed", "waiting", "held", "snoozed"),
)
