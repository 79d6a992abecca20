"""The language of searches, and what a ticket is found by. Pure, without SQL."""
