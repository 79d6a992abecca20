"""stack.json and the environment file, by which other programs find a running stack."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from local.files import write_private
from local.people import People
from local.plan import Plan
from shared.runtime.addresses import reachable
from shared.runtime.processes import Daemon, ProcessSettings, process

NAME = "stack.json"


def description(plan: Plan, settings: ProcessSettings, people: People, pids: Mapping[str, int]) -> dict[str, object]:
    """The content of stack.json: addresses, pids, logins."""
    inbound = process("inbound")
    offset = inbound.offset if isinstance(inbound, Daemon) else None
    return {
        "intake_url": settings.intake_url,
        "triage_url": settings.triage_url,
        "notify_url": settings.notify_url,
        "live_url": settings.live_url,
        "maildir": str(plan.maildir),
        "pids": dict(pids),
        "admin": asdict(people.admin),
        "agents": {team: asdict(person) for team, person in people.agents.items()},
        "redis_url": settings.redis_url,
        "database_url": settings.database_url.replace("postgresql+psycopg://", "postgresql://"),
        "s3": {
            "endpoint": settings.s3_url,
            "access_key": settings.s3_access_key,
            "secret_key": settings.s3_secret_key,
            "bucket": settings.s3_bucket,
        },
        "inbound": {
            "host": reachable(plan.bind),
            "port": plan.base_port + (offset or 0),
            "domain": plan.environment["VIDARE_MAIL_DOMAIN"],
        },
    }


def write(folder: Path, told: Mapping[str, object]) -> None:
    write_private(folder / NAME, json.dumps(told, indent=1) + "\n")


def write_environment(folder: Path, environment: Mapping[str, str]) -> None:
    """Every VIDARE_* of the stack, one a line, for the `vidare` command and for shells."""
    kept = {name: value for name, value in environment.items() if name != "VIDARE_CRASH_AT" and "\n" not in value}
    lines = [f"{name}={value}\n" for name, value in sorted(kept.items())]
    write_private(folder / "environment", "".join(lines))
