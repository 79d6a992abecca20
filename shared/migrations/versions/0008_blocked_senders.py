"""Whose submissions and mails are kept and answered by nothing. Every service asks, so it is no service's own."""

from alembic import op

revision = "0008"
down_revision = "0007"

SCHEMA = """
create table auth.blocked_senders (
    id         uuid primary key,
    sender     text not null unique,
    reason     text not null,
    blocked_by text not null,
    blocked_at timestamptz not null default clock_timestamp()
);
comment on column auth.blocked_senders.sender is
    'an address in its canonical form, in lower case without +tag; or a domain in ASCII, with all below it';
"""


def upgrade() -> None:
    """Create the table."""
    op.execute(SCHEMA)
