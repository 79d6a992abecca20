"""A person's own tickets: the list, away, handing them on."""
