"""Composing e-mails: from an event to subject, text and HTML."""
