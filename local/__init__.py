"""The embedded stack: everything Vidare needs, on one machine, without root and without Docker."""
