"""Replays: trying a ruleset on past tickets in the background, without changing them."""
