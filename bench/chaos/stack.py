"""`python -m bench.chaos.stack`: the local stack, whose processes reach the store and the mail sink through proxies."""

import sys
from collections.abc import Mapping
from dataclasses import replace

from local.data_directory import DataDirectory, Secrets
from local.plan import Plan, make_plan
from local.ports import SERVER_OFFSETS
from local.run import run
from local.servers import mail_sink, object_store

# Distances from VIDARE_BASE_PORT, beyond those of the stack's own parts (the bases of two stacks are 20 apart).
PROXY_OFFSETS = {"s3": 16, "smtp-sink": 17}


def plan_behind_proxies(directory: DataDirectory, secrets: Secrets, given: Mapping[str, str]) -> Plan:
    """The usual plan, but for two addresses. Raises LocalError."""
    plan = make_plan(directory, secrets, given)
    addresses = {
        "VIDARE_S3_URL": object_store.url(plan.base_port + PROXY_OFFSETS["s3"]),
        "VIDARE_SMTP_URL": mail_sink.url(plan.base_port + PROXY_OFFSETS["smtp-sink"]),
    }
    return replace(plan, environment={**plan.environment, **addresses})


def proxied(base: int) -> dict[str, tuple[int, int]]:
    """For each server behind a proxy the proxy's port and its own."""
    return {name: (base + offset, base + SERVER_OFFSETS[name]) for name, offset in PROXY_OFFSETS.items()}


if __name__ == "__main__":
    trouble = run(plan_behind_proxies)
    sys.exit(f"vidare: {trouble}" if trouble else 0)
