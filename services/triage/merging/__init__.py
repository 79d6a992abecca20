"""Tickets of one matter: merged into one, separated again, or related."""
