"""What admins see and change: accounts, tokens, teams, the audit log."""
