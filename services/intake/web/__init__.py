"""The pages a requester sees: help first, then one note, then where it is."""
