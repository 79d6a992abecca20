"""Commands for rules and the catalogue."""
