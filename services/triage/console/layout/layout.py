"""The layout around every page of the console: navigation, the person who is signed in, messages about a finished action."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, g, url_for
from sqlalchemy import Connection

from services.triage.console.layout.csrf import form_token
from services.triage.console.layout.static_files import static_file
from services.triage.console.layout.times import ago, full, span
from services.triage.current_deps import deps
from services.triage.lists.owned_tickets import count_answered
from services.triage.lists.queues import queues
from services.triage.notifications.list_notifications import count_unread
from services.triage.owners.away import is_away
from shared.auth.principal import Permission, Principal
from shared.commonmark import linked_text
from shared.i18n.file_size import file_size

# Messages after an action; the address of the next page holds only the code (`?done=claimed`).
DONE = {
    "signed-out": "You are signed out.",
    "nothing": "No ticket is waiting.",
    "claimed": "You claimed this ticket.",
    "given-back": "You gave the ticket back to the queue.",
    "extended": "Your claim is extended.",
    "taken-over": "You took over the claim.",
    "mail-opened": "A ticket will be made of this mail within a few seconds.",
    "resent": "The e-mail will be sent again.",
    "resent-all": "The e-mails will be sent again, up to 500 at a time.",
    "unsnoozed": "The ticket is open.",
    "sender-blocked": "The sender is blocked.",
    "sender-unblocked": "What this sender sends from now on comes in again. Tickets that were kept stay blocked until you release them.",
    "suppressed": "This address gets no more e-mail.",
    "lifted": "This address gets e-mail again. To send what was held back, open the list of its e-mails.",
    "password": "Your password is changed.",
    "sessions-ended": "You are signed out there.",
    "password-chosen": "Your password is set: sign in with it.",
    "link-sent": "If there is an account with this address, a link is on its way to it. It works for an hour.",
    "invited": "An invitation is on its way. Its link works for 7 days.",
    "saved": "The changes are saved.",
    "disabled": "The account is closed: its sessions, tokens and claims have ended.",
    "replayed": "It will be tried again.",
    "activated": "This ruleset is now active.",
    "draft-saved": "The draft is saved. It is not active yet.",
    "reassigned": "Your tickets are reassigned.",
    "owner_changed": "The owner is changed.",
    "unmerged": "The tickets are separated.",
    "related": "The tickets are linked.",
    "unrelated": "The link is removed.",
    "undone": "Nothing was sent. Your text is below.",
    "too-late": "It was sent or cancelled before you asked.",
    "sent": "It is being sent.",
    "not-sent": "It was not sent: see below.",
    "discarded": "The draft is deleted.",
    "reply-saved": "The saved reply is saved.",
    "reply-deleted": "The saved reply is deleted.",
}


@dataclass(frozen=True)
class Link:
    """A link to a page beside the queues."""

    name: str
    title: str
    href: str


@dataclass(frozen=True)
class Tab:
    """A queue in the top bar, with its open and its late tickets."""

    team: str
    title: str
    open: int
    late: int


def add_layout(blueprint: Blueprint) -> None:
    """Add the variables and filters that all templates use."""

    blueprint.add_app_template_filter(team_title, "team_title")
    blueprint.add_app_template_filter(linked_text, "linked_text")

    @blueprint.app_context_processor
    def layout() -> dict[str, Any]:
        return {
            "me": g.get("principal"),
            "tabs": g.get("tabs", ()),
            "your_turn": g.get("your_turn", 0),
            "is_away": g.get("is_away", False),
            "unread": g.get("unread", 0),
            "live_url": f"{deps().settings.live_url}/v1/live",
            "links": _links,
            "csrf": form_token,
            "static_file": static_file,
            "team_title": team_title,
            "ago": lambda at: ago(at, now()),
            "full": full,
            "now": now,
            "size": file_size,
            "span": span,
            "actions": deps().actions,
            "done": {**DONE, **_done_by_action()},
        }


def _done_by_action() -> dict[str, str]:
    """The messages of the actions: done, sent in a few seconds, or sent later."""
    found = {action.kind: action.done for action in deps().actions}
    for action in deps().actions:
        if action.emails is not None:
            found[f"sending-{action.kind}"] = "It is sent in a few seconds. You can undo that below."
            found[f"scheduled-{action.kind}"] = "It is sent at the time that you chose; see below."
    return found


def _links() -> list[Link]:
    """The pages beside the queues that this person may read."""
    me: Principal = g.principal
    pages: tuple[tuple[Permission, str, str], ...] = (
        ("tickets.read", "views", "Views"),
        ("rules.read", "rules", "Rules"),
        ("tickets.read", "reports", "Reports"),
        ("emails.read", "emails", "E-mails"),
        ("events.read", "events", "Events"),
        ("people.read", "people", "People"),
    )
    return [Link(name, title, url_for(f"console.{name}")) for need, name, title in pages if me.may(need)]


def show_tabs(connection: Connection, principal: Principal) -> dict[str, dict[str, Any]]:
    """Read the figures of the top bar: queues, one's own tickets, what is unread. Returns those of the queues by team."""
    teams = principal.readable(deps().settings.teams)
    counts = queues(connection, teams)
    g.your_turn = count_answered(connection, principal.id, teams)
    g.is_away = is_away(connection, principal.id)
    g.unread = count_unread(connection, principal.id)
    g.tabs = [Tab(one["team"], team_title(one["team"]), one["open"], one["breached"]) for one in counts]
    return {one["team"]: one for one in counts}


def team_title(team: str) -> str:
    """A team's name as a heading: `community-help` becomes `Community help`."""
    return team.replace("-", " ").capitalize()


def now() -> datetime:
    """The clock of this process, for display only; decisions use PostgreSQL's clock."""
    return datetime.now(UTC)
