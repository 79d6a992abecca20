"""Claims: an agent's lease on one ticket."""
