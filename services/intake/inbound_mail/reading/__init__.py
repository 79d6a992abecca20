"""Read what a mail holds, however malformed it is. Pure."""
