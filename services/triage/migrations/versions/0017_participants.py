"""Other people than the requester take part in a ticket, or are proposed since the requester's mail was copied to them."""

from alembic import op

revision = "0017"
down_revision = "0016"

SCHEMA = """
create table triage.participants (
    ticket   text collate "C" not null,
    address  text not null,
    email    text not null,
    position integer not null,
    added_by text not null,
    added_at timestamptz not null default clock_timestamp(),
    primary key (ticket, address)
);
comment on column triage.participants.address is 'email in its canonical form, in lower case without +tag';
create table triage.proposed_participants (
    ticket      text collate "C" not null,
    address     text not null,
    email       text not null,
    proposed_at timestamptz not null default clock_timestamp(),
    primary key (ticket, address)
);
comment on table triage.proposed_participants is
    'Addresses to which the requester''s mails were copied; those that take part since are in triage.participants too.';
alter table triage.idempotency add made text;
comment on column triage.idempotency.made is 'the id of the thing that the request made; null: it made none';
"""


def upgrade() -> None:
    """Create the tables."""
    op.execute(SCHEMA)
