"""Sending e-mails to the SMTP server: leases, the conversation, outcomes, the circuit breaker."""
