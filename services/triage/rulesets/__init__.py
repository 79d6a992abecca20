"""Stored rulesets: numbered, immutable, one of them active."""
