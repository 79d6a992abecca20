"""What is wrong with a ruleset that can be read."""
