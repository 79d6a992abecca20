"""The API of rules: rulesets, their replays, and what a ruleset would decide."""
