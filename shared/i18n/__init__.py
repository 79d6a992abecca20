"""What is translated, and what is not, over everything that a person can read."""
