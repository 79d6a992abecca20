"""Copies of e-mails for a ticket's participants: a row each."""

from alembic import op

revision = "0008"
down_revision = "0007"

SCHEMA = """
alter table notify.emails add participant boolean;
comment on column notify.emails.participant is
    'true for a participant''s copy: its event_id is made of the event''s and the address, so that it is unique with its kind';
"""


def upgrade() -> None:
    """Add the column; the e-mails that are there went to requesters."""
    op.execute(SCHEMA)
