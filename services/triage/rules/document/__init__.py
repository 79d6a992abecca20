"""The ruleset document: reading, checking, writing and editing it."""
