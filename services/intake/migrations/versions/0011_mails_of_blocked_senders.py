"""Mails of blocked senders that would have been pointed to the form."""

from alembic import op

revision = "intake_0011"
down_revision = "intake_0010"
branch_labels = None
depends_on = None

STATES = "'waiting', 'taken_in', 'opened', 'pointed', 'ignored', 'repeated', 'unreadable', 'unsure', 'blocked'"
SCHEMA = f"""
alter table intake.inbound_mails drop constraint inbound_mails_state_check,
    add constraint inbound_mails_state_check check (state in ({STATES})) not valid;
alter table intake.inbound_mails validate constraint inbound_mails_state_check;
drop index intake.inbound_mails_received;
create index inbound_mails_received on intake.inbound_mails (received_at, object)
    where state in ('unsure', 'unreadable', 'pointed', 'ignored', 'blocked');
"""


def upgrade() -> None:
    """Allow the state; the index of the mails without a ticket holds it."""
    op.execute(SCHEMA)
