"""Live updates of the console, who is at a ticket, and notifications."""
