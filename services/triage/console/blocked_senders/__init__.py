"""Blocked senders."""
