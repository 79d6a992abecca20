"""Step 1: the topics and their help."""
