"""Snoozed tickets: out of the queue until a time."""
