"""notify: every e-mail once, in the right language, and a ledger that says why."""
