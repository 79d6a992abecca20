"""Hostile files, mails and rules, led by which code they reach."""
