"""The files that an e-mail brings: where they are, not what is in them."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column."""
    op.execute("alter table notify.emails add column attachments jsonb")
    op.execute(
        "comment on column notify.emails.attachments is"
        " 'id, object, name, media_type and size of each file; null for none. They are read from the store when it is sent'"
    )
