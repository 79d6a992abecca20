"""Reports with their plots."""
