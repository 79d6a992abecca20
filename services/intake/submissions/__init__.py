"""Accepting a submission: validated, accepted once, recorded as an event."""
