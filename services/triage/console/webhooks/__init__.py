"""The webhooks of a team and the log of their calls."""
