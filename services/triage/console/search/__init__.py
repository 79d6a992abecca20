"""Search, and the views that are made of searches."""
