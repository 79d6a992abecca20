"""What is done with mail that reached us: read, taken into its ticket, or kept for a person."""
