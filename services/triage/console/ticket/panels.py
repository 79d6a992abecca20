"""The panels of a ticket's page: one for each action that the reader can take now, with its choices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.triage.actions.action import Action, Choice
from shared.auth.principal import Principal
from shared.catalog.model import Catalog


@dataclass(frozen=True)
class Panel:
    """An action's panel. `choices`: by field."""

    action: Action
    choices: Mapping[str, Sequence[Choice]]

    @property
    def name(self) -> str:
        return self.action.name


def panels_of(
    actions: Sequence[Action], ticket: Mapping[str, Any], is_held_by_another: bool, reader: Principal, catalog: Catalog
) -> Sequence[Panel]:
    """The panels of the actions that are offered to `reader` in the ticket's state; none while another person has claimed it."""
    if not reader.may_write(ticket["team"]) or is_held_by_another:
        return ()
    offered = (action for action in actions if ticket["state"] in action.offered_in)
    panels = (
        Panel(action, {name: choices(ticket, catalog) for name, choices in action.choices.items()})
        for action in offered
    )
    return [panel for panel in panels if all(panel.choices.values())]
