"""What reached us by mail."""

from alembic import op

revision = "0002"
down_revision = "0001"

SCHEMA = """
create table notify.inbound_mails (
    id          uuid primary key,
    digest      bytea not null unique,
    object      text not null,
    size        integer not null,
    sender      text not null,
    recipient   text not null,
    kind        text not null check (kind in ('reply', 'automatic', 'bounce', 'complaint', 'unknown', 'unreadable')),
    because     text,
    ticket      text,
    email       uuid references notify.emails (id),
    received_at timestamptz not null default clock_timestamp()
);
comment on column notify.inbound_mails.digest is
    'SHA-256 of recipient and content: a server that missed our 250 sends the very same mail again';
create index inbound_by_kind on notify.inbound_mails (kind, id);
"""


def upgrade() -> None:
    """Create the table."""
    op.execute(SCHEMA)
