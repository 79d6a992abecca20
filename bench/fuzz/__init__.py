"""Hostile files, mails and rules, guided by coverage."""
