"""What an agent does with a team's tickets: one use case a file."""
