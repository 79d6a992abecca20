"""Disapproves what a ticket is about, with reasons that tell the requester what to fix."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

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
from services.triage.tickets.lock import Move, move
from shared.catalog.model import Catalog
from shared.errors import Unprocessable
from shared.events.contracts import ticket_disapproved

NO_REASON = "Tick at least one reason."
GROUPS = {"ads": "Ads", "buyable_pins": "Buyable Pins", "content": "Content"}


def disapprove(
    connection: Connection,
    reference: str,
    actor: Actor,
    reasons: Sequence[str],
    message: str | None,
    catalog: Catalog,
    attachments: Sequence[str] = (),
) -> None:
    """Disapprove with one or more of the catalogue's reasons; the ticket is resolved.

    Raises what lock_for_action and attach_uploads raise, Conflict for a finished ticket, Unprocessable for no or unknown reasons.
    """
    ticket = lock_for_action(connection, reference, actor)
    require_state(ticket, *UNFINISHED)
    codes = known_reasons(reasons, catalog)
    outgoing = OutgoingMessage(ticket, actor, message, attachments)
    to = Move("resolved", "disapproved", answered=True, owner=outgoing.owner)
    [entry] = move(connection, ticket, to, outgoing.line("disapproved", {"reasons": codes}))
    changes = [state_changed(ticket, "resolved")]
    outgoing.record(connection, ticket_disapproved, entry, "resolved", changes, reasons=codes)


def known_reasons(reasons: Sequence[str], catalog: Catalog) -> list[str]:
    """The codes without repeats. Raises Unprocessable for none, or for one that is not in the catalogue."""
    unknown = [code for code in reasons if code not in catalog.reasons]
    if unknown or not reasons:
        raise Unprocessable({"reasons": [f"Choose from: {', '.join(catalog.reasons)}."]})
    return list(dict.fromkeys(reasons))


class DisapprovalBody(ActionBody):
    """Why it is disapproved."""

    reasons = codes_field(empty=NO_REASON)
    message = message_field()
    attachments = attachments_field()


def _run(call: ActionCall) -> None:
    disapprove(*call.target, **call.values, catalog=call.rulesets.catalog)


def _reason_choices(ticket: Mapping[str, Any], catalog: Catalog) -> Sequence[Choice]:
    """The catalogue's reasons, those of the ticket's segment first."""
    locale = ticket["locale"] or "en"
    choices = []
    for code, reason in catalog.reasons.items():
        meaning, fix = reason.meaning.in_locale(locale), reason.mend.in_locale(locale)
        title = reason.title.in_locale("en").text
        choices.append(Choice(code, title, f"{meaning.text} {fix.text}", meaning.lang, GROUPS[reason.group]))
    likely = {"ads": "Ads", "business": "Buyable Pins"}.get(ticket["category"].partition("/")[0], "Content")
    return sorted(choices, key=lambda choice: (choice.group != likely, list(GROUPS.values()).index(choice.group)))


ACTION = Action(
    name="disapprove",
    path="disapproval",
    title="Disapprove",
    key="d",
    summary="Disapprove, with reasons; the ticket is resolved",
    body=DisapprovalBody,
    run=_run,
    kind="disapproved",
    words="disapproved",
    emails=lambda _: True,
    done="The disapproval is being sent.",
    choices={"reasons": _reason_choices},
)
