"""Tickets that agents open for people who called or wrote elsewhere."""
