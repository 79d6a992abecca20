"""What `make demo` shows: a line when a submission is answered, one when it is routed, one when its mail arrives."""

import sys
from collections.abc import Sequence
from statistics import median

from local.demo.journey import Journey

_COLOURS = {"good": "32", "bad": "31", "soft": "2", "strong": "1"}


def paint(text: str, how: str) -> str:
    """The text in a colour, where the terminal shows colours."""
    return f"\033[{_COLOURS[how]}m{text}\033[0m" if sys.stdout.isatty() else text


def show_step(journey: Journey) -> None:
    """Print what is new of the journey."""
    if journey.email:
        show_arrival(journey)
    elif journey.ticket:
        show_routing(journey)
    else:
        show_answer(journey)


def show_answer(journey: Journey) -> None:
    """The title, and the reference or the errors."""
    print(paint(f"\n{journey.title}", "strong"))
    if journey.accepted:
        print(f"  accepted    {journey.answer['reference']}  {paint(str(journey.answer['category']), 'soft')}")
        return
    print(f"  refused     {journey.status} {journey.answer['title']}")
    for name, messages in journey.answer.get("errors", {}).items():
        print(f"              {name}: {' '.join(messages)}")
    if not journey.answer.get("errors"):
        print(f"              {journey.answer.get('detail', '')}")


def show_routing(journey: Journey) -> None:
    """The team, and the rule behind each thing that a rule decided."""
    ticket = journey.ticket
    rule = journey.decided["team"]["rule"]
    why = f"rule {rule}" if rule else "its path"
    print(
        f"  routed      team {paint(ticket['team'], 'strong')} by {why}, {journey.routed_after * 1000:.0f} ms after it was sent"
    )
    for effect in ("priority", "hold"):
        found = journey.decided.get(effect) or {}
        if found.get("rule"):
            print(f"              {effect} {found['value']} by rule {found['rule']}")
    for tag, name in zip(ticket["tags"], journey.decided["tags"].get("rules", []), strict=False):
        print(f"              tag {tag} by rule {name}")
    if ticket["state"] == "held":
        print(f"              held until these come: {', '.join(ticket['missing_evidence'])}")


def show_arrival(journey: Journey) -> None:
    """The mail, the file, and whatever is not as it should be."""
    print(f"  e-mail      {journey.email['state']} to {journey.email['to']}: “{journey.email['subject']}”")
    if journey.file_bytes:
        print(
            f"  file        {journey.ticket['attachments'][0]['name']}, {journey.file_bytes:,} bytes, fetched from the store"
        )
    for error in journey.errors:
        print(paint(f"  WRONG       {error}", "bad"))


def show_summary(journeys: Sequence[Journey]) -> None:
    """One line of totals."""
    accepted = [journey for journey in journeys if journey.accepted]
    wrong = sum(1 for journey in journeys if journey.errors)
    times = (
        f"routed {median(journey.routed_after for journey in accepted) * 1000:.0f} ms after sending at the median"
        if accepted
        else ""
    )
    print(f"\n{len(accepted)} accepted, {len(journeys) - len(accepted)} refused on purpose, {times}")
    summary = "every submission is where it should be" if not wrong else f"{wrong} are not as they should be"
    print(paint(summary, "bad" if wrong else "good"))
