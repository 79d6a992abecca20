"""The files of submissions: stored, cleaned, kept for a form, swept."""
