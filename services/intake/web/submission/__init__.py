"""Step 2: the form of a submission."""
