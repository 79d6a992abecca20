"""Bulks: one action on many tickets in the background, with a result a ticket, and its undo."""
