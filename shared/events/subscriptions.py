"""Who subscribes to which event, when the delivery is due, and what each subscriber's queue and task are called."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shared.events.contracts import Event

# Stands for the queue of the team that the event's payload names.
TEAM = "team.*"
_TEAM_PREFIX = "team."
TEAMS_TASK = "teams.consume"

SUBSCRIPTIONS: Mapping[str, tuple[str, ...]] = {
    "TicketSubmitted": ("triage", "notify"),
    "TicketOpened": ("intake", "notify"),
    "TicketFollowedUp": ("triage",),
    "TicketWithdrawn": ("triage",),
    "AttachmentChecked": ("triage",),
    "TicketRouted": ("intake", "notify", TEAM),
    "TicketUnblocked": ("intake", "notify", TEAM),
    "TicketStateChanged": ("intake",),
    "TicketTransferred": ("intake", "notify", TEAM),
    "FollowUpReceived": (TEAM,),
    "TicketAnswered": ("notify", "intake", TEAM),
    "EvidenceRequested": ("notify", "intake"),
    "TicketDisapproved": ("notify", "intake", TEAM),
    "TicketResolved": ("notify", "intake", TEAM),
    "TicketMerged": ("intake", "notify", TEAM),
    "TicketUnmerged": ("intake",),
    # Nobody waits for these yet; they are recorded because they happened.
    "TicketNoted": (),
    "TicketChanged": (),
    "ParticipantsChanged": (),
    "ItemDisapproved": ("notify",),
    "ApplicationStatusChanged": ("notify",),
    "EmailStateChanged": ("triage", "intake"),
    "MailReceived": ("intake",),
    "MailTurnedAway": ("notify",),
    "TicketLinksRequested": ("intake",),
    "TicketLinksFound": ("notify",),
    "RequesterAddressChanged": ("triage", "notify"),
    "RequesterAddressRebuilt": ("triage", "notify"),
    "AddressChangeRequested": ("notify",),
    "AddressChangeConfirmed": ("notify",),
    "KeyRenewalRequested": ("intake",),
    "TicketKeysRenewed": ("triage", "notify"),
    "SatisfactionGiven": ("triage",),
    "HelpFunnelCounted": ("triage",),
    "TicketsEscalated": ("notify",),
    "PersonMentioned": ("notify",),
    "PasswordLinkMade": ("notify",),
    "PersonDisabled": ("triage",),
}

# The deliveries that a person waits for. The others gather for up to 250 ms, so that many travel in one message.
PROMPT = {
    ("TicketSubmitted", "triage"),
    ("TicketFollowedUp", "triage"),
    ("TicketWithdrawn", "triage"),
    ("TicketAnswered", "intake"),
    ("EvidenceRequested", "intake"),
    ("TicketDisapproved", "intake"),
    ("TicketResolved", "intake"),
    ("TicketMerged", "intake"),
    ("TicketUnmerged", "intake"),
    ("KeyRenewalRequested", "intake"),
    ("TicketKeysRenewed", "triage"),
    ("TicketKeysRenewed", "notify"),
}
# E-mails about a ticket that go to another address than the one that it has.
_TO_ANOTHER_ADDRESS = ("address_confirmation", "address_changed")


def _another_team_than_by_category(event: Event) -> bool:
    return bool(event.payload["team"] != (event.payload.get("category") or "").partition("/")[0])


def _news_for_the_requester(event: Event) -> bool:
    kind, state = event.payload.get("kind"), event.payload.get("state")
    if event.payload.get("participant") or kind in _TO_ANOTHER_ADDRESS:
        return False  # whether it arrived tells nothing of the requester's address
    return (kind, state) != ("acknowledgement", "sent")


def _is_not_blocked(event: Event) -> bool:
    return not event.payload.get("blocked")


def _asked_by_an_agent(event: Event) -> bool:
    return not event.payload.get("reminder")


def _mailed_message(event: Event) -> bool:
    """Whether the e-mail holds what an agent wrote: a resolution as spam sends none, another may have no message."""
    written = str((event.personal or {}).get("message") or "").strip()
    return bool(written) and event.payload.get("outcome") != "spam"


def _merged_now(event: Event) -> bool:
    """Whether it is the ticket that was merged, not one that had been merged into it before."""
    return not event.payload.get("follows")


def _merge_is_told(event: Event) -> bool:
    return _merged_now(event) and not event.payload.get("silent")


# The deliveries that are made only where the event concerns the subscriber. Until it hears otherwise, notify takes the team named by
# the category, and intake takes the acknowledgement for sent.
CONDITIONS: Mapping[tuple[str, str], Callable[[Event], bool]] = {
    ("TicketRouted", "notify"): _another_team_than_by_category,
    ("TicketRouted", TEAM): _is_not_blocked,
    ("EmailStateChanged", "intake"): _news_for_the_requester,
    ("EvidenceRequested", "intake"): _asked_by_an_agent,
    ("TicketResolved", "intake"): _mailed_message,
    ("TicketMerged", "notify"): _merge_is_told,
    ("TicketMerged", TEAM): _merged_now,
}


def fixed_subscribers() -> tuple[str, ...]:
    """The subscribers that exist whatever the teams are, in a stable order."""
    names = {name for subscribers in SUBSCRIPTIONS.values() for name in subscribers if name != TEAM}
    return tuple(sorted(names))


def subscribers(teams: Sequence[str]) -> tuple[str, ...]:
    """Every subscriber of a system with these teams; each is also the name of its Celery queue."""
    return (*fixed_subscribers(), *(team_subscriber(team) for team in teams))


def team_subscriber(team: str) -> str:
    """The subscriber, and queue, of one team's outward deliveries."""
    return f"{_TEAM_PREFIX}{team}"


def team_of(subscriber: str) -> str:
    """The team whose subscriber this is."""
    return subscriber.removeprefix(_TEAM_PREFIX)


def task_call(subscriber: str, ids: Sequence[int]) -> tuple[str, list[Any]]:
    """The name and arguments of the Celery task that handles these deliveries of a subscriber.

    All teams share one, which gets the subscriber's name: a worker's child processes know no task that is defined after the fork.
    """
    if subscriber.startswith(_TEAM_PREFIX):
        return TEAMS_TASK, [list(ids), subscriber]
    return task_name(subscriber), [list(ids)]


def task_name(subscriber: str) -> str:
    """The Celery task that handles the deliveries of a subscriber that is no team."""
    return f"{subscriber}.consume"


def subscribers_of(event: Event) -> tuple[str, ...]:
    """Who is to hear of this event; a team only while it listens (optional_subscribers).

    Raises KeyError for a type that nobody declared.
    """
    concerned = (
        name
        for name in SUBSCRIPTIONS[event.type]
        if (event.type, name) not in CONDITIONS or CONDITIONS[event.type, name](event)
    )
    return tuple(team_subscriber(event.payload["team"]) if name == TEAM else name for name in concerned)


def gathered_of(event_type: str, subscribers: Sequence[str]) -> tuple[str, ...]:
    """Those of an event's subscribers whose delivery may wait for others."""
    return tuple(name for name in subscribers if (event_type, name) not in PROMPT)


def optional_subscribers(event: Event) -> tuple[str, ...]:
    """Those who get a delivery only while `events.listening` names them: a team without a webhook has nothing to do."""
    return (team_subscriber(event.payload["team"]),) if TEAM in SUBSCRIPTIONS[event.type] else ()
