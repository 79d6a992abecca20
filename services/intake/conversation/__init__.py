"""What requester and agents wrote to each other about a ticket, as the requester may read it."""
