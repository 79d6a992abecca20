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
from services.triage.blocking import unblock_ticket
from services.triage.merging import merge
from services.triage.snoozing import snooze

ACTIONS: tuple[Action, ...] = (
    reply.ACTION,
    request_information.ACTION,
    disapprove.ACTION,
    transfer.ACTION,
    snooze.ACTION,
    resolve.ACTION,
    merge.ACTION,
    reopen.ACTION,
    release.ACTION,
    unblock_ticket.ACTION,
    add_note.ACTION,
    change_ticket.ACTION,
)
