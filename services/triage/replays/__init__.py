"""Replays: a ruleset tried on past tickets, in the background, changing nothing about them."""
