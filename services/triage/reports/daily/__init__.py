"""The daily reports: a module each, and one line in the registry."""
