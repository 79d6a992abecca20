"""Who besides the requester takes part in a ticket."""
