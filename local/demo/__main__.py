"""`python -m local.demo`: post the sample notes into the stack that `make run` has started."""

import json
import os
import sys
from pathlib import Path

import requests
import yaml

from local.demo.journey import Journey, Traveller
from local.demo.screen import show_step, show_summary

NOTES = Path(__file__).with_name("notes.yaml")


def main() -> int:
    """Exit status 0 when every note ended where it should, 1 when one did not, 2 when there is no stack."""
    home = Path(os.environ.get("VIDARE_HOME") or ".local")
    try:
        stack = json.loads((home / "stack.json").read_text(encoding="utf-8"))
        requests.get(f"{stack['intake_url']}/livez", timeout=5).raise_for_status()
    except (OSError, ValueError, requests.RequestException):
        print(f"no running stack in {home}: start one with `make run` in another terminal", file=sys.stderr)
        return 2
    traveller = Traveller(stack)
    journeys: list[Journey] = []
    for sample in yaml.safe_load(NOTES.read_text(encoding="utf-8")):
        try:
            journeys.append(traveller.travel(sample, show_step))
        except (TimeoutError, requests.RequestException) as error:
            print(f"  WRONG       {error}")
            journeys.append(Journey(sample["title"], sample["expect"], faults=[str(error)]))
    show_summary(journeys)
    queue = f"{stack['triage_url']}/queues/ads"
    print(f"\nlook at the queue: {queue}  as {stack['agents']['ads']['email']} / {stack['agents']['ads']['password']}")
    print(f"or send a note of your own: {stack['intake_url']}/help")
    return 1 if any(journey.faults for journey in journeys) else 0


if __name__ == "__main__":
    sys.exit(main())
