"""One ticket's page."""
