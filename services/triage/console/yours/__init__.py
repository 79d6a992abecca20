"""A person's own tickets: the list, away, giving them to a colleague."""
