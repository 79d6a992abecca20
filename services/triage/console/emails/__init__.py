"""The e-mail ledger and the suppression list."""
