"""The use case for each event."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from services.triage.claims.end_claims import end_claims
from services.triage.participants.propose_participants import propose_participants
from services.triage.reports.deflection import record_help_counts
from services.triage.routing.route_tickets import route_tickets
from services.triage.rulesets.stored import StoredRulesets
from services.triage.satisfaction.record_mails import record_mails
from services.triage.satisfaction.store_answers import store_answers
from services.triage.tickets.change_address import change_address, rebuild_address, store_key_number
from services.triage.tickets.check_attachments import check_attachments
from services.triage.tickets.follow_up import follow_up
from services.triage.tickets.record_emails import record_emails
from services.triage.tickets.withdraw import withdraw
from services.triage.webhooks.enqueue_calls import PUBLIC_NAMES, enqueue_calls
from shared.events.consumer import Handler
from shared.events.contracts import RecordedEvent


def triage_handlers(rulesets: StoredRulesets, reservation_minutes: float = 0) -> Mapping[str, Handler]:
    """The handlers of the subscriber `triage`. They read the active ruleset in the batch's transaction.

    `reservation_minutes`: how long a ticket is reserved for its owner when the requester answers.
    """

    def submitted(connection: Connection, events: Sequence[RecordedEvent]) -> None:
        route_tickets(connection, rulesets.active(connection), events)
        propose_participants(connection, events)

    def followed_up(connection: Connection, events: Sequence[RecordedEvent]) -> None:
        follow_up(connection, rulesets.active(connection), events, reservation_minutes)
        propose_participants(connection, events)

    def email_changed(connection: Connection, events: Sequence[RecordedEvent]) -> None:
        record_emails(connection, events)
        record_mails(connection, events)

    return {
        "TicketSubmitted": submitted,
        "TicketFollowedUp": followed_up,
        "TicketWithdrawn": withdraw,
        "AttachmentChecked": check_attachments,
        "EmailStateChanged": email_changed,
        "SatisfactionGiven": store_answers,
        "RequesterAddressChanged": change_address,
        "RequesterAddressRebuilt": rebuild_address,
        "TicketKeysRenewed": store_key_number,
        "HelpFunnelCounted": record_help_counts,
        "PersonDisabled": end_claims,
    }


def team_handlers() -> Mapping[str, Handler]:
    """The handlers of each team's subscriber: they enqueue calls of the team's webhooks."""
    return dict.fromkeys(PUBLIC_NAMES, enqueue_calls)
