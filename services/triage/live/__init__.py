"""Live updates: the asynchronous process that tells open consoles what changed."""
