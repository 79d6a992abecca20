"""A requester's actions on a ticket, and its status in intake."""
