"""Deciding by a compiled ruleset."""
