"""Rate limits: moving windows, counted in Redis."""
