"""Pointers to the form: counted by address, and found from the mail that they answer."""

from alembic import op

revision = "0003"
down_revision = "0002"

SCHEMA = """
create index form_pointers_by_address on notify.emails (recipient_key, created_at) where kind = 'form_pointer';
create unique index inbound_by_object on notify.inbound_mails (object);
"""


def upgrade() -> None:
    """Add the indexes."""
    op.execute(SCHEMA)
