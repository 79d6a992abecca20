"""How each kind of process is run, and how it is asked whether it serves."""
