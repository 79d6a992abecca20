"""An e-mail's text and headers are stored beside its row, as its HTML is: each change of state wrote them anew, twice a message."""

from alembic import op

revision = "0006"
down_revision = "0005"

# Of rows beyond 2 KB, as all are with their HTML, that are written from now on, everything in `extended` storage leaves the row until
# that is as short as the target. So the columns that are to stay, each shorter than the pointer and the index entry that it would cost,
# are `main`.
SHORT = (
    "ticket",
    "kind",
    "correlation_id",
    "team",
    "recipient",
    "recipient_key",
    "locale",
    "subject",
    "message_id",
    "envelope_from",
    "state",
    "because",
    "original",
    "resend_to",
)


def upgrade() -> None:
    """Change how later rows are stored; those that are there stay as they are."""
    for column in SHORT:
        op.execute(f"alter table notify.emails alter column {column} set storage main")
    op.execute("alter table notify.emails set (toast_tuple_target = 256)")
