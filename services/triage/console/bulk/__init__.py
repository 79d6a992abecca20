"""Selecting tickets of a list, one action on all of them, its results and undo."""
