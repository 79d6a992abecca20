"""The messages between requester and team, read from the timeline."""
