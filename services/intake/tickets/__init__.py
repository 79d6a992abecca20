"""What a requester does with a ticket afterwards, and what intake knows of its state."""
