"""Reads a ruleset that somebody posts: absurd sizes and nestings are faults of the document, told quickly."""

from typing import Any

import flask
import marshmallow as ma

from services.triage.rules.json_texts import read_json
from shared.errors import Unprocessable
from shared.web.arguments import StrictParser


class RulesetParser(StrictParser):
    """StrictParser, but the rules' own reader looks at the body first."""

    def load_json(self, req: flask.Request, schema: ma.Schema) -> Any:
        """The JSON body. Raises Unprocessable for one that is too large or too deep, else as StrictParser does."""
        raw = req.get_data(cache=True)
        _, faults = read_json(raw)
        if faults and not faults[0].message.startswith("not JSON"):
            raise Unprocessable({fault.path: [fault.message] for fault in faults}, "The ruleset was not saved.")
        return super().load_json(req, schema)
