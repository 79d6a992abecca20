"""E-mail as RFC 5322 writes it, for the services that read it."""
