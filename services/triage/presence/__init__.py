"""Who views a ticket, or writes at it, just now."""
