"""Rulesets as they are kept: numbered, immutable, one of them active."""
