"""What a person wrote is stored beside the submission's row, which changes twice within a second, and has room for that on its page."""

from alembic import op

revision = "intake_0008"
down_revision = "intake_0007"
branch_labels = None
depends_on = None

# Of rows written from now on, `personal` leaves the row, which then is a third as long. The other columns stay: each is shorter than the
# pointer and the index entry that it would cost.
SHORT = (
    "reference",
    "correlation_id",
    "category",
    "locale",
    "platform",
    "country",
    "address",
    "status",
    "team",
    "mail_state",
    "follows",
)


def upgrade() -> None:
    """Change how later rows are stored; those that are there stay as they are."""
    for column in SHORT:
        op.execute(f"alter table intake.submissions alter column {column} set storage main")
    # The room on its page is for one more version of each row: status and mail state are written one after the other.
    op.execute("alter table intake.submissions set (toast_tuple_target = 256, fillfactor = 55)")
