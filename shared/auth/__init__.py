"""Who may do what: people, their teams and roles, passwords, tokens and sessions (schema auth)."""
