"""Handing e-mails to the SMTP server."""
