"""The audit log: who changed what of the system itself, and who signed in."""
