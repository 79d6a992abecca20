"""`vidare doctor`: asks everything that a support call would ask, and says in plain words what it found."""
