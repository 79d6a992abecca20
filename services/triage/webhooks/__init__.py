"""Webhooks: calling a team's own tools about events on its tickets."""
