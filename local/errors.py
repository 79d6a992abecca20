class LocalError(Exception):
    """Something a person at the keyboard can mend; its text is one line and is shown alone."""
