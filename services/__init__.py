"""Three services that speak only through events: intake, triage, notify."""
