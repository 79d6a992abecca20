"""Addresses with a domain beyond ASCII are folded again: as IDNA 2008 makes them, not as they were written."""

from alembic import op

revision = "intake_0006"
down_revision = "intake_0005"
branch_labels = None
depends_on = None

# The version before goes on writing such addresses until it is stopped, so they are found by their form.
SCHEMA = """
alter table intake.submissions add address_event bigint;
comment on column intake.submissions.address_event is
    'the event that reported the address of a domain beyond ASCII; 0: there was nothing to report; null: not looked at';
comment on column intake.submissions.address is
    'canonical e-mail address in lower case without +tag; null once the person is forgotten';
create index submissions_to_rebuild on intake.submissions (reference)
    where address_event is null and octet_length(address) > char_length(address);
alter table intake.inbound_mails add address_rebuilt boolean not null default false;
comment on column intake.inbound_mails.address is 'who it says it is from, canonical, in lower case without +tag';
create index inbound_mails_to_rebuild on intake.inbound_mails (object)
    where not address_rebuilt and octet_length(address) > char_length(address);
"""


def upgrade() -> None:
    """Add columns and indexes."""
    op.execute(SCHEMA)
