"""intake's commands."""
