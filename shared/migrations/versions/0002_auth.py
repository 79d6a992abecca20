"""People, their teams, tokens and sessions, and failed sign-ins. Of every secret only a hash is kept."""

from alembic import op

revision = "0002"
down_revision = "0001"

SCHEMA = """
create schema auth;

create table auth.users (
    id            uuid primary key default gen_random_uuid(),
    email         text not null,
    name          text not null,
    role          text not null check (role in ('agent', 'lead', 'admin', 'auditor', 'service')),
    password_hash text,
    password_set_at timestamptz,
    created_at    timestamptz not null default clock_timestamp(),
    disabled_at   timestamptz
);
create unique index users_by_email on auth.users (lower(email));
comment on column auth.users.password_hash is 'Argon2id; null: signs in with tokens only.';

create table auth.memberships (
    user_id uuid not null references auth.users on delete cascade,
    team    text not null,
    primary key (user_id, team)
);
comment on column auth.memberships.team is 'A team''s name, or * for a service that works for all of them.';

create table auth.tokens (
    id           uuid primary key default gen_random_uuid(),
    user_id      uuid not null references auth.users on delete cascade,
    name         text not null,
    hash         bytea not null unique,
    scopes       text[],
    created_at   timestamptz not null default clock_timestamp(),
    expires_at   timestamptz,
    last_used_at timestamptz,
    revoked_at   timestamptz
);
comment on column auth.tokens.hash is 'SHA-256; the token has 256 random bits, so a slow hash would add nothing.';
comment on column auth.tokens.scopes is 'null: all that its owner may; else read, write, team:<name>.';
create index tokens_of_user on auth.tokens (user_id);

create table auth.sessions (
    hash         bytea primary key,
    user_id      uuid not null references auth.users on delete cascade,
    created_at   timestamptz not null default clock_timestamp(),
    last_used_at timestamptz not null default clock_timestamp()
);
create index sessions_of_user on auth.sessions (user_id);
create index sessions_by_age on auth.sessions (created_at);

create table auth.login_failures (
    id      bigint generated always as identity primary key,
    account bytea not null,
    network text not null,
    at      timestamptz not null default clock_timestamp()
);
comment on column auth.login_failures.account is 'SHA-256 of what was typed as e-mail: people type passwords there, too.';
create index login_failures_of_pair on auth.login_failures (account, network, at);
create index login_failures_by_age on auth.login_failures (at);
"""


def upgrade() -> None:
    """Create the schema."""
    op.execute(SCHEMA)
