"""Rulesets: the list, the editor, replays."""
