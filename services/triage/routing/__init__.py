"""Routing: which team a ticket goes to, and by when it is to be answered."""
