"""Undoing what was sent a few seconds ago, sending later, and drafts of what was not sent."""
