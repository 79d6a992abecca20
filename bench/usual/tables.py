"""The usual design's table."""

import os

import psycopg

TICKETS = """
    create table if not exists tickets (
        id bigserial primary key,
        category text not null,
        email text not null,
        message text not null,
        object text,
        sha256 text,
        team text,
        acknowledged_at timestamptz,
        created_at timestamptz not null default now())
"""


def connect() -> psycopg.Connection[tuple[object, ...]]:
    """A connection to VIDARE_DATABASE_URL. Raises psycopg.OperationalError."""
    return psycopg.connect(os.environ["VIDARE_DATABASE_URL"], connect_timeout=5)


def reference_of(number: object) -> str:
    """The reference that a requester sees."""
    return f"U-{number}"
