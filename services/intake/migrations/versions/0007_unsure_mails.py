"""Mails that may be a person's wait for somebody to open a ticket of them; the frames of an animation are counted."""

from alembic import op

revision = "intake_0007"
down_revision = "intake_0006"
branch_labels = None
depends_on = None

STATES = "'waiting', 'taken_in', 'opened', 'pointed', 'ignored', 'repeated', 'unreadable', 'unsure'"
SCHEMA = f"""
alter table intake.inbound_mails drop constraint inbound_mails_state_check,
    add constraint inbound_mails_state_check check (state in ({STATES})) not valid,
    add category text;
alter table intake.inbound_mails validate constraint inbound_mails_state_check;
comment on column intake.inbound_mails.category is 'of the ticket that somebody wants to be made of it';
alter table intake.attachments add frames integer;
comment on column intake.attachments.frames is 'of an animation, of which the first is kept; null for others and before it was checked';
create index inbound_mails_received on intake.inbound_mails (received_at, object)
    where state in ('unsure', 'unreadable', 'pointed', 'ignored');
"""


def upgrade() -> None:
    """Allow the state, and add the columns."""
    op.execute(SCHEMA)
