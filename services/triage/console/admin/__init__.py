"""Pages for admins: first steps, people, parked events."""
