class LocalError(Exception):
    """An error that the person who starts the stack can fix; its text is one line."""
