"""Sign-in, people, webhooks, parked events."""
