"""A team's queue and search."""
