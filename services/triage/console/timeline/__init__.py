"""What happened to a ticket, in words."""
