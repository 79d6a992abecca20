"""Accounts, their teams and roles, passwords, tokens and sessions (schema auth)."""
