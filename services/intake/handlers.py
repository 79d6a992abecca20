"""What intake does with each event it subscribes to."""

from services.intake.conversation.keep_answers import keep_answers
from services.intake.inbound_mail.record_mail import record_mail
from services.intake.submissions.record_opened_tickets import record_opened_tickets
from services.intake.tickets.find_links import find_links
from services.intake.tickets.record_merges import record_merges
from services.intake.tickets.renew_keys import renew_keys
from services.intake.tickets.update_status import update_mail_state, update_status

SUBSCRIBER = "intake"

HANDLERS = {
    "TicketOpened": record_opened_tickets,
    "TicketRouted": update_status,
    "TicketUnblocked": update_status,
    "TicketStateChanged": update_status,
    "TicketTransferred": update_status,
    "EmailStateChanged": update_mail_state,
    "TicketAnswered": keep_answers,
    "EvidenceRequested": keep_answers,
    "TicketDisapproved": keep_answers,
    "TicketResolved": keep_answers,
    "TicketMerged": record_merges,
    "TicketUnmerged": record_merges,
    "KeyRenewalRequested": renew_keys,
    "TicketLinksRequested": find_links,
    "MailReceived": record_mail,
}
