"""Checks a team's name."""

from shared.errors import NotFound


def require_team(team: str, teams: tuple[str, ...]) -> None:
    """Raise NotFound unless `team` is one of the settings' `teams`."""
    if team not in teams:
        raise NotFound("There is no such team.")
