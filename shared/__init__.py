"""What the three services have in common: events, settings, the catalogue, the store. It knows no service."""
