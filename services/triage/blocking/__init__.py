"""Tickets of blocked senders."""
