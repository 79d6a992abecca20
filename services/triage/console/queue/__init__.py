"""A team's queue."""
