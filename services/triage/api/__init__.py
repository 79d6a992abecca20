"""triage's HTTP API."""
