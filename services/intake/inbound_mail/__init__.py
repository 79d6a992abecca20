"""Inbound mail: each is added to its ticket, opens one, or is kept for a person."""
