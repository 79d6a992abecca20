"""`python -m local.demo`: post the sample submissions to the stack that `make run` started."""

import json
import os
import sys
from pathlib import Path

import requests
import yaml

from local.demo.journey import Journey, Traveller
from local.demo.screen import show_step, show_summary

SUBMISSIONS = Path(__file__).with_name("submissions.yaml")


def main() -> int:
    """Exit status 0 when every submission ended as expected, 1 when one did not, 2 when there is no stack."""
    folder = Path(os.environ.get("VIDARE_HOME") or ".local")
    try:
        stack = json.loads((folder / "stack.json").read_text(encoding="utf-8"))
        requests.get(f"{stack['intake_url']}/livez", timeout=5).raise_for_status()
    except (OSError, ValueError, requests.RequestException):
        print(f"no running stack in {folder}: start one with `make run` in another terminal", file=sys.stderr)
        return 2
    traveller = Traveller(stack)
    journeys: list[Journey] = []
    for sample in yaml.safe_load(SUBMISSIONS.read_text(encoding="utf-8")):
        try:
            journeys.append(traveller.travel(sample, show_step))
        except (TimeoutError, requests.RequestException) as error:
            print(f"  WRONG       {error}")
            journeys.append(Journey(sample["title"], sample["expect"], errors=[str(error)]))
    show_summary(journeys)
    queue = f"{stack['triage_url']}/queues/ads"
    print(f"\nlook at the queue: {queue}  as {stack['agents']['ads']['email']} / {stack['agents']['ads']['password']}")
    print(f"or fill in the form yourself: {stack['intake_url']}/help")
    return 1 if any(journey.errors for journey in journeys) else 0


if __name__ == "__main__":
    sys.exit(main())
