"""Who owns a ticket, and what is reserved for its owner."""
