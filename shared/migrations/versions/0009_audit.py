"""The audit log, and which accounts belong to programs alone."""

from alembic import op

revision = "0009"
down_revision = "0008"

SCHEMA = """
create schema audit;

create table audit.people (
    account uuid primary key,
    email   text not null
);
comment on table audit.people is 'The addresses of those whom the entries name by id: the one place to erase a person from.';

create table audit.entries (
    id     bigint generated always as identity primary key,
    at     timestamptz not null default clock_timestamp(),
    actor  uuid,
    action text collate "C" not null,
    target text collate "C" not null,
    before jsonb,
    after  jsonb,
    ip     text
);
comment on table audit.entries is 'Changes of the system itself, sign-ins and failed ones. Rows are added and never changed.';
comment on column audit.entries.actor is 'the account; null: an operator at the command line, or the system';
create index entries_by_time on audit.entries (at);
create index entries_of_actor on audit.entries (actor, id);
create index entries_of_target on audit.entries (target, id);
create index entries_of_action on audit.entries (action, id);

create function audit.refuse() returns trigger language plpgsql as $$
begin
    raise exception 'the audit log is append-only';
end $$;
create trigger append_only before update or delete on audit.entries for each row execute function audit.refuse();
create trigger never_emptied before truncate on audit.entries execute function audit.refuse();

alter table auth.users add is_program boolean not null default false;
comment on column auth.users.is_program is 'made for one token; nobody signs in with it';
"""


def upgrade() -> None:
    """Create the tables and the column."""
    op.execute(SCHEMA)
