"""`vidare doctor`: checks what a support call would ask for."""
