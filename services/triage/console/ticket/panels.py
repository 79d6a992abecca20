"""The panels of a ticket's page: one for each action that the reader can take now, with its choices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.triage.actions.action import Action, Choice
from services.triage.uploads.attach_uploads import FIELD
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

    @property
    def takes_files(self) -> bool:
        return takes_files(self.action)

    @property
    def writes_to_requester(self) -> bool:
        """Whether it can be undone and sent later, and takes saved replies."""
        return self.action.emails is not None

    @property
    def asks_for_newer(self) -> bool:
        """Whether its form stops when the requester has written meanwhile. What only colleagues see, tags and priority need not stop."""
        return not (self.action.is_internal or self.action.patches_ticket)


def merged_into(ticket: Mapping[str, Any]) -> str | None:
    """The ticket in which the matter of this one continues; None: in this one."""
    return next((link["reference"] for link in ticket["links"] if link["relation"] == "merged_into"), None)


def takes_files(action: Action) -> bool:
    """Whether the writer can attach files of their own."""
    return FIELD in action.body().fields


def panels_of(
    actions: Sequence[Action],
    ticket: Mapping[str, Any],
    is_held_by_another: bool,
    reader: Principal,
    catalog: Catalog,
    kept: str = "",
) -> Sequence[Panel]:
    """The panels of the actions that are offered to `reader` in the ticket's state; while another person has claimed it, those of which
    the requester never learns. `kept`: the action whose form the requester's new message interrupted; an open ticket has it too."""
    if not reader.may_write(ticket["team"]):
        return ()
    is_merged = merged_into(ticket) is not None
    offered = (
        action
        for action in actions
        if (action.is_internal or not is_merged)
        and (ticket["state"] in action.offered_in or (ticket["state"] == "open" and action.name == kept))
        and (action.is_internal or not is_held_by_another)
    )
    panels = (
        Panel(action, {name: choices(ticket, catalog) for name, choices in action.choices.items()})
        for action in offered
    )
    return [panel for panel in panels if all(panel.choices.values())]
