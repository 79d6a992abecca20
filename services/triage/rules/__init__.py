"""The routing rules: pure. No SQL, no clock, no I/O but reading the seed ruleset's own file."""
