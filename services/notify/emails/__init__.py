"""The ledger of e-mails: writing, reading and resending them, threads, suppressions and limits."""
