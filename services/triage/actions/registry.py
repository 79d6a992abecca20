"""All actions on a ticket, in the order of the console's panels. An action is a use case with its `Action`, one line here and the
template of its panel."""

from services.triage.actions import (
    add_note,
    change_ticket,
    disapprove,
    release,
    reopen,
    reply,
    request_information,
    resolve,
    transfer,
)
from services.triage.actions.action import Action

ACTIONS: tuple[Action, ...] = (
    reply.ACTION,
    request_information.ACTION,
    disapprove.ACTION,
    transfer.ACTION,
    resolve.ACTION,
    reopen.ACTION,
    release.ACTION,
    add_note.ACTION,
    change_ticket.ACTION,
)
