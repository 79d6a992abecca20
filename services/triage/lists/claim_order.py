"""The order in which open tickets are claimed and shown, as SQL on a ticket `t`: by priority, then deadline (none last), then age."""

# As the indexes have it: of one priority, and of all.
BY_DEADLINE = "coalesce(t.respond_by, 'infinity'), t.created_at, t.sequence"
CLAIM_ORDER = f"t.priority_rank, {BY_DEADLINE}"
# The columns that both are made of.
KEY = "t.reference, t.priority_rank, t.respond_by, t.created_at, t.sequence"

# The two partial indexes hold every open ticket once.
FOR_EVERYBODY = "t.state = 'open' and (t.reserved_until is null or t.priority = 'urgent')"
RESERVED = "t.state = 'open' and t.reserved_until is not null and t.priority <> 'urgent'"
