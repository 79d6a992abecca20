"""What requesters answer about how their tickets were resolved."""
