"""The ledger of e-mails: written, listed, sent again, suppressed."""
