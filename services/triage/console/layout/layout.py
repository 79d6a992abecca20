"""What every page of the console shows around its own content: who is signed in, and how their queues stand."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, g, url_for
from sqlalchemy import Connection

from services.triage.console.layout.forms import form_token
from services.triage.console.layout.times import ago, full, span
from services.triage.current_deps import deps
from services.triage.tickets.queues import queues
from shared.auth.principal import Permission, Principal
from shared.i18n.file_size import file_size
from shared.style import static_version

STATIC = Path(__file__).parent / "static"

# What just happened, told on the page that follows; the address carries the code only.
DONE = {
    "signed-out": "You are signed out.",
    "nothing": "Nothing is waiting. Enjoy the calm.",
    "claimed": "It is yours.",
    "given-back": "You gave it back to the queue.",
    "extended": "You have more time.",
    "taken-over": "You took it over.",
    "replied": "Your answer is on its way.",
    "noted": "Your note is kept.",
    "asked": "We have asked for it. The ticket comes back when it is here.",
    "disapproved": "The disapproval is on its way.",
    "transferred": "The ticket is with the other team now.",
    "resolved": "Resolved.",
    "reopened": "The ticket is open again.",
    "changed": "Changed.",
    "resent": "It will be sent again.",
    "resent-all": "They will be sent again, 500 at a time.",
    "suppressed": "This address gets no more e-mail.",
    "lifted": "This address gets e-mail again. What was held back for it is sent again from the list of its e-mails.",
    "password": "You have a new password.",
    "saved": "Saved.",
    "disabled": "The account is closed: sessions, tokens and claims have ended.",
    "replayed": "On their way again.",
    "activated": "This ruleset decides from now on.",
    "draft-saved": "The draft is saved. It decides nothing yet.",
}


@dataclass(frozen=True)
class Link:
    """A page beside the queues."""

    name: str
    title: str
    href: str


@dataclass(frozen=True)
class Tab:
    """One of the person's queues, in the top bar."""

    team: str
    title: str
    open: int
    late: int


def add_frame(blueprint: Blueprint) -> None:
    """Give the blueprint's templates what all of them use."""

    blueprint.add_app_template_filter(team_title, "team_title")

    @blueprint.app_context_processor
    def frame() -> dict[str, Any]:
        return {
            "me": g.get("principal"),
            "tabs": g.get("tabs", ()),
            "links": _links,
            "csrf": form_token,
            "static_file": static_file,
            "team_title": team_title,
            "ago": lambda at: ago(at, now()),
            "full": full,
            "size": file_size,
            "span": span,
            "done": DONE,
        }


def _links() -> list[Link]:
    """The pages beside the queues that this person may see."""
    me: Principal = g.principal
    pages: tuple[tuple[Permission, str, str], ...] = (
        ("rules.read", "rules", "Rules"),
        ("reports.read", "reports", "Reports"),
        ("emails.read", "emails", "E-mails"),
        ("events.read", "events", "Events"),
        ("people.read", "people", "People"),
    )
    return [Link(name, title, url_for(f"console.{name}")) for need, name, title in pages if me.may(need)]


def show_tabs(connection: Connection, principal: Principal) -> dict[str, dict[str, Any]]:
    """Read how the person's queues stand, for the top bar; returns them by team."""
    standing = queues(connection, principal.readable(deps().settings.teams))
    g.tabs = [Tab(one["team"], team_title(one["team"]), one["open"], one["breached"]) for one in standing]
    return {one["team"]: one for one in standing}


def team_title(team: str) -> str:
    """A team's name as a heading."""
    return team.replace("-", " ").capitalize()


def static_file(name: str) -> str:
    """The address of a file of the console's, named by its content."""
    return url_for("console.static", filename=name, v=static_version(STATIC / name))


def now() -> datetime:
    """For the words of times only; nothing is decided by it."""
    return datetime.now(UTC)
