"""Tickets as they are shown: lists, one ticket, search, the counts of each queue."""
