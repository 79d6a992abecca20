"""The last output of a start: addresses, logins, and what to do next."""

from local.people import People
from local.plan import Plan
from shared.runtime.processes import ProcessSettings

SHOWN_TEAM = "ads"


def start_banner(plan: Plan, settings: ProcessSettings, people: People) -> str:
    """The text. It ends with the line `ready`, which scripts wait for."""
    lines = [
        "",
        f"  The form    {settings.intake_url}/help",
        *_queue(settings, people),
        f"  The mails   {settings.triage_url}/emails   or as files: {plan.maildir}/new",
        "",
        f"  Services    intake {settings.intake_url}   triage {settings.triage_url}   notify {settings.notify_url}",
        f"  Admin       {people.admin.email}   password: {people.admin.password}",
        "",
        "  Now fill in the form, or run make demo. Ctrl-C stops everything and keeps the data.",
        "ready",
    ]
    return "\n".join(lines)


def _queue(settings: ProcessSettings, people: People) -> list[str]:
    if not people.agents:
        return [f"  The queues  {settings.triage_url}/queues"]
    team = SHOWN_TEAM if SHOWN_TEAM in people.agents else next(iter(people.agents))
    agent = people.agents[team]
    return [
        f"  The queue   {settings.triage_url}/queues/{team}",
        f"              log in as {agent.email}   password: {agent.password}",
    ]
