"""What taking an action back restores of a ticket, as SQL: shared by the undo of a bulk and by unmerge."""

from collections.abc import Mapping

# A state, with all that belongs to it.
STATE: Mapping[str, str] = {
    "state": "text",
    "state_since": "timestamptz",
    "respond_by": "timestamptz",
    "resolved_at": "timestamptz",
    "reminded_at": "timestamptz",
    "breached": "boolean",
    "warned_at": "timestamptz",
    "escalated_at": "timestamptz",
    "snoozed_until": "timestamptz",
}
# A deadline, with what became of it.
DEADLINE: Mapping[str, str] = {name: STATE[name] for name in ("respond_by", "breached", "warned_at", "escalated_at")}

# An account that was closed since owns nothing.
OWNER = "(select id from auth.users where id = was.owner and disabled_at is null)"


def members(columns: Mapping[str, str]) -> str:
    """The columns of a ticket `t` as arguments of jsonb_build_object."""
    return ", ".join(f"'{name}', t.{name}" for name in columns)


def record_of(columns: Mapping[str, str]) -> str:
    """The object in the parameter `before` as a row `was` with these columns, by their types."""
    types = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    return f"jsonb_to_record(cast(:before as jsonb)) as was ({types})"


def assignments(columns: Mapping[str, str]) -> str:
    """The columns set to those of the row `was`."""
    return ", ".join(f"{name} = was.{name}" for name in columns)
