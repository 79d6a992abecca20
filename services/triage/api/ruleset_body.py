"""Reads a ruleset that somebody posts: absurd sizes and nestings are faults of the document, told quickly."""

from typing import Any

import flask
import marshmallow as ma

from services.triage.rules.document.parse import MAX_RULES
from services.triage.rules.document.strict_json import read_json
from shared.errors import Unprocessable
from shared.http.arguments import StrictParser


class RulesetParser(StrictParser):
    """StrictParser, but the rules' own reader looks at the body first."""

    def load_json(self, req: flask.Request, schema: ma.Schema) -> Any:
        """The JSON body. Raises Unprocessable for one that is too large, too deep or has a key twice, else as StrictParser does."""
        value, faults = read_json(req.get_data(cache=True))
        if faults and not faults[0].message.startswith("not JSON"):
            _refuse({fault.path: [fault.message] for fault in faults})
        document = value.get("document") if isinstance(value, dict) else None
        rules = document.get("rules") if isinstance(document, dict) else None
        if isinstance(rules, list) and len(rules) > MAX_RULES:
            _refuse({"document.rules": [f"{len(rules)} rules: at most {MAX_RULES} are allowed"]})
        return super().load_json(req, schema)


def _refuse(faults: dict[str, list[str]]) -> None:
    raise Unprocessable(faults, "The ruleset was not saved.")
