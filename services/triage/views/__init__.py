"""Searches that people keep under a name, for themselves, a team or everybody."""
