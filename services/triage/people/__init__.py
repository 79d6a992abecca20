"""Accounts of people, and of programs that have a token."""
