"""The events: what each is called, and what it carries.

`payload` holds codes and references only; `personal` everything a person wrote or is, so that it alone can be forgotten.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Event:
    """Something that happened, in the past tense, before it is recorded."""

    type: str
    ticket: str | None
    payload: Json
    correlation_id: str
    personal: Json | None = None
    version: int = 1
    first: bool = False  # the first event of a new ticket: it needs no order
    event_id: UUID = field(default_factory=uuid7)


@dataclass(frozen=True)
class RecordedEvent:
    """An event as a consumer meets it."""

    id: int
    event_id: UUID
    type: str
    version: int
    ticket: str | None
    correlation_id: str
    occurred_at: datetime
    payload: Json
    personal: Json


def ticket_submitted(ticket: str, correlation_id: str, payload: Json, personal: Json) -> Event:
    """Intake accepted a submission.

    payload: category, locale, platform, country, key_number, missing_evidence, cannot_provide, attachments (id, object, media_type,
    size, sha256, state), details_codes, earlier_tickets (category, submitted_at), submitted_at, catalog, source (form, api, email),
    blocked (true, where its sender is).
    personal: email, name, username, subject, message, details, attachment_names (by attachment id); cc where it was a mail with a Cc.
    """
    return Event("TicketSubmitted", ticket, payload, correlation_id, personal, first=True)


def ticket_opened(ticket: str, correlation_id: str, payload: Json, personal: Json) -> Event:
    """An agent opened a ticket for a person. payload, personal: as TicketSubmitted, but for source (phone, email, other). payload also: by
    (the agent's name), acknowledge (whether the person gets an acknowledgement)."""
    return Event("TicketOpened", ticket, payload, correlation_id, personal, first=True)


def ticket_followed_up(ticket: str, correlation_id: str, payload: Json, personal: Json) -> Event:
    """The requester sent more. payload: follow_up, attachments, missing_evidence, filled; personal: message, details, attachment_names, cc
    (the other recipients of the requester's mail)."""
    return Event("TicketFollowedUp", ticket, payload, correlation_id, personal)


def ticket_withdrawn(ticket: str, correlation_id: str) -> Event:
    """The requester withdrew the submission."""
    return Event("TicketWithdrawn", ticket, {}, correlation_id)


def ticket_routed(ticket: str, correlation_id: str, payload: Json) -> Event:
    """Triage routed a ticket. payload: team, category, state, priority, tags, ruleset, respond_by, placed_by (rule id or null); blocked
    (true) where its sender is blocked: its state here is the one that its requester sees."""
    return Event("TicketRouted", ticket, payload, correlation_id)


def ticket_unblocked(ticket: str, correlation_id: str, payload: Json, personal: Json) -> Event:
    """The ticket of a blocked sender was released into its team's queue. payload: team, state, respond_by, category, locale, key_number,
    missing_evidence, cannot_provide, unsure (as in TicketSubmitted, or null); personal: email."""
    return Event("TicketUnblocked", ticket, payload, correlation_id, personal)


def ticket_state_changed(ticket: str, correlation_id: str, payload: Json) -> Event:
    """A ticket's state changed. payload: state, team, respond_by; missing_evidence where that changed."""
    return Event("TicketStateChanged", ticket, payload, correlation_id)


def ticket_transferred(ticket: str, correlation_id: str, payload: Json, personal: Json | None = None) -> Event:
    """A ticket went to another team. payload: team (the new one), from_team, state, cause (undone: a bulk's transfer was undone, and
    the state is as before), category, locale, key_number, respond_by; personal: reason, email, name, subject."""
    return Event("TicketTransferred", ticket, payload, correlation_id, personal)


def attachment_checked(ticket: str, correlation_id: str, payload: Json) -> Event:
    """A file was looked at. payload: attachment (id), state (clean, not_scanned, quarantined), because."""
    return Event("AttachmentChecked", ticket, payload, correlation_id)


def follow_up_received(ticket: str, correlation_id: str, payload: Json) -> Event:
    """Triage accepted what the requester sent later. payload: team, state, follow_up."""
    return Event("FollowUpReceived", ticket, payload, correlation_id)


def ticket_links_requested(correlation_id: str, payload: Json, personal: Json) -> Event:
    """Somebody wants the links of all open tickets of an address, known or not. payload: locale; personal: email."""
    return Event("TicketLinksRequested", None, payload, correlation_id, personal)


def ticket_links_found(correlation_id: str, payload: Json, personal: Json) -> Event:
    """The open tickets of one address. payload: locale, tickets (reference, key_number, category, submitted_at), single (one ticket was
    asked for on its page, open or not); personal: email."""
    return Event("TicketLinksFound", None, payload, correlation_id, personal)


def requester_address_changed(ticket: str, correlation_id: str, payload: Json, personal: Json) -> Event:
    """A requester whom our mail did not reach gave another address, or one confirmed a change (`confirmed`), which renews both keys.
    payload: category, locale, key_number (the present one), missing_evidence, cannot_provide, confirmed; personal: email (the new one)."""
    return Event("RequesterAddressChanged", ticket, payload, correlation_id, personal)


def address_change_requested(ticket: str, correlation_id: str, payload: Json, personal: Json) -> Event:
    """Somebody with a key of the ticket wants another address. payload: change (its id), locale; personal: email (the new one)."""
    return Event("AddressChangeRequested", ticket, payload, correlation_id, personal)


def address_change_confirmed(ticket: str, correlation_id: str, payload: Json, personal: Json) -> Event:
    """The new address was confirmed, of which the old one is to hear. payload: locale; personal: email (the old one)."""
    return Event("AddressChangeConfirmed", ticket, payload, correlation_id, personal)


def key_renewal_requested(ticket: str, correlation_id: str, payload: Json) -> Event:
    """An agent wants both keys of a ticket renewed. payload: team, by."""
    return Event("KeyRenewalRequested", ticket, payload, correlation_id)


def ticket_keys_renewed(ticket: str, correlation_id: str, payload: Json) -> Event:
    """Both keys of a ticket were renewed. payload: key_number (the new one)."""
    return Event("TicketKeysRenewed", ticket, payload, correlation_id)


def requester_address_rebuilt(ticket: str, correlation_id: str, personal: Json) -> Event:
    """A requester's address, as it was always given, whose domain 0.1.0 may have mailed under another name. personal: email."""
    return Event("RequesterAddressRebuilt", ticket, {}, correlation_id, personal)


def satisfaction_given(ticket: str, correlation_id: str, payload: Json, personal: Json) -> Event:
    """A requester said how a resolution was; the newest answer counts. payload: resolution (the id of the event of the message that
    resolved the ticket), answer (good, bad); personal: comment."""
    return Event("SatisfactionGiven", ticket, payload, correlation_id, personal)


def help_funnel_counted(correlation_id: str, payload: Json) -> Event:
    """Steps counted at help topics. payload: counts (day, path, step, count)."""
    return Event("HelpFunnelCounted", None, payload, correlation_id)


# What an agent does. The payload of each: team, state, category, locale, key_number, by (the agent's name), and of a message: entry
# (the id of its timeline entry), written_at, person (false for a service account), source (api or console), attachments (id, object,
# media_type, size, sha256, state); personal: email, name, subject, message (CommonMark), quoted (the requester's newest message),
# attachment_names (by attachment id). Each is followed by a TicketStateChanged where the state changed. With files that are not checked
# yet that comes first, and this event when they are.


def ticket_answered(ticket: str, correlation_id: str, payload: Json, personal: Json) -> Event:
    """An agent wrote to the requester. payload also: then (wait, resolve, keep)."""
    return Event("TicketAnswered", ticket, payload, correlation_id, personal)


def evidence_requested(ticket: str, correlation_id: str, payload: Json, personal: Json) -> Event:
    """An agent (or the reminder's timer) asks for evidence. payload also: evidence (ids), reminder (true or false)."""
    return Event("EvidenceRequested", ticket, payload, correlation_id, personal)


def ticket_disapproved(ticket: str, correlation_id: str, payload: Json, personal: Json) -> Event:
    """An agent said no. payload also: reasons (codes)."""
    return Event("TicketDisapproved", ticket, payload, correlation_id, personal)


def ticket_resolved(ticket: str, correlation_id: str, payload: Json, personal: Json) -> Event:
    """An agent is done with it. payload also: outcome (solved, not_solved, spam, duplicate; no_answer: the requester wrote no more)."""
    return Event("TicketResolved", ticket, payload, correlation_id, personal)


def ticket_merged(ticket: str, correlation_id: str, payload: Json, personal: Json) -> Event:
    """A ticket's matter continues in another ticket. payload: into (its reference), into_key_number, team, state, category, locale, by,
    silent (its requester is told nothing), follows (it was merged before, into a ticket that is merged or separated now);
    personal: email and name of the other ticket."""
    return Event("TicketMerged", ticket, payload, correlation_id, personal)


def ticket_unmerged(ticket: str, correlation_id: str, payload: Json) -> Event:
    """A merged ticket stands for itself again. payload: team, by, from (the ticket that it was merged into)."""
    return Event("TicketUnmerged", ticket, payload, correlation_id)


def ticket_noted(ticket: str, correlation_id: str, payload: Json) -> Event:
    """An agent wrote down what only the team reads; the words stay on the timeline. payload: team, by."""
    return Event("TicketNoted", ticket, payload, correlation_id)


def ticket_changed(ticket: str, correlation_id: str, payload: Json) -> Event:
    """An agent set priority, tags or owner, or snoozed the ticket. payload: team, by; priority, tags and owner (ids), where they changed,
    as [before, after]; state likewise, of a snooze, of which intake need not know."""
    return Event("TicketChanged", ticket, payload, correlation_id)


def participants_changed(ticket: str, correlation_id: str, payload: Json, personal: Json) -> Event:
    """An agent set who else takes part in a ticket. payload: team, by; personal: participants (all addresses, in their order)."""
    return Event("ParticipantsChanged", ticket, payload, correlation_id, personal)


def person_disabled(correlation_id: str, payload: Json) -> Event:
    """An account was closed. payload: person (the account's id)."""
    return Event("PersonDisabled", None, payload, correlation_id)


def tickets_escalated(correlation_id: str, payload: Json, personal: Json) -> Event:
    """A lead is to know that tickets have waited too long. payload: team, locale, tickets (reference, priority, respond_by), more (how
    many others there are); personal: email."""
    return Event("TicketsEscalated", None, payload, correlation_id, personal)


def person_mentioned(correlation_id: str, payload: Json, personal: Json) -> Event:
    """A colleague mentioned somebody, who did not read it. payload: locale, reference, by (the writer's name);
    personal: email."""
    return Event("PersonMentioned", None, payload, correlation_id, personal)


def password_link_made(correlation_id: str, payload: Json, personal: Json) -> Event:
    """Somebody is to choose a password. payload: link (its id), kind (invitation, reset), locale; personal: email."""
    return Event("PasswordLinkMade", None, payload, correlation_id, personal)


def item_disapproved(correlation_id: str, payload: Json, personal: Json) -> Event:
    """Something was disapproved without a ticket. payload: reasons, locale; personal: email, item."""
    return Event("ItemDisapproved", None, payload, correlation_id, personal)


def application_status_changed(correlation_id: str, payload: Json, personal: Json) -> Event:
    """An applicant is to hear of their application. payload: status, reasons, locale; personal: email, item."""
    return Event("ApplicationStatusChanged", None, payload, correlation_id, personal)


def email_state_changed(ticket: str | None, correlation_id: str, payload: Json) -> Event:
    """An e-mail of ours got a new state. payload: email (ledger id), kind, state, because, cause (the id of the event that led to it;
    for a participant's copy one made of it), participant (true, for such a copy)."""
    return Event("EmailStateChanged", ticket, payload, correlation_id)


def mail_received(ticket: str | None, correlation_id: str, payload: Json) -> Event:
    """A mail reached us and lies whole in the store. payload: object, size, kind, reply_to (token's ticket) or null."""
    return Event("MailReceived", ticket, payload, correlation_id)


def mail_turned_away(correlation_id: str, payload: Json) -> Event:
    """A person's mail belongs to no ticket and made none. payload: object (as in MailReceived), locale or null."""
    return Event("MailTurnedAway", None, payload, correlation_id)
