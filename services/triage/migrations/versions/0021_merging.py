"""Tickets that were merged into others, and what it takes to separate them again."""

from alembic import op

revision = "0021"
down_revision = "0020"

SCHEMA = """
alter table triage.tickets add merged_into text collate "C", add merged_tickets text[] collate "C";
comment on column triage.tickets.merged_into is 'the ticket that the matter continues in, which is itself merged into none';
comment on column triage.tickets.merged_tickets is 'all that were merged into this one, directly or with another; null: none';

create table triage.merges (
    ticket      text collate "C" primary key,
    into_ticket text collate "C" not null,
    at          timestamptz not null default clock_timestamp(),
    before      jsonb not null,
    brought     jsonb not null
);
create index merges_by_holder on triage.merges (into_ticket);
comment on table triage.merges is 'The merged tickets, each with the one that it was merged into itself.';
comment on column triage.merges.before is 'state, deadline, owner and tags of the merged ticket';
comment on column triage.merges.brought is 'what the surviving ticket got by it; what it was before, where state or deadline changed';
"""


def upgrade() -> None:
    """Add the columns and the table."""
    op.execute(SCHEMA)
