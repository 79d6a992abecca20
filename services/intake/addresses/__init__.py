"""Changes of a ticket's address that wait for the new address to be confirmed."""
