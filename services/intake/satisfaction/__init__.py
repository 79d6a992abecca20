"""What requesters answer about how a ticket was resolved, by the links in the e-mail of the resolution."""
