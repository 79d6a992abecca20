"""Links with which people choose a password: invitations, and for a password that was forgotten."""

from alembic import op

revision = "0010"
down_revision = "0009"

SCHEMA = """
create table auth.password_links (
    id         uuid primary key,
    account    uuid not null references auth.users (id) on delete cascade,
    kind       text not null check (kind in ('invitation', 'reset')),
    expires_at timestamptz not null
);
comment on table auth.password_links is 'What is not in it was used, replaced by a newer one, or is long past. Its secret is derived.';
create unique index password_links_of_account on auth.password_links (account);
"""


def upgrade() -> None:
    """Create the table."""
    op.execute(SCHEMA)
