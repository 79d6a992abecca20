"""Counts the timeline into the tables of the daily reports, each entry once."""
