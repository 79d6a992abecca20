"""An OpenAPI document held against its service: what schemathesis makes of each operation, and things that are really there.

Made-up references and ids end at the first look-up. So a test names values that exist; most of the cases that are right by the
document get them, and reach what lies behind the look-up.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import positive_data_acceptance

# One check is left out: what is right by the document may still be refused by what is there (404, 409 and 422, all documented).
LEFT_OUT = [positive_data_acceptance]


@dataclass(frozen=True)
class Known:
    """Values that exist: for parameters of the path and the query, and for fields of the body, where None
    leaves the field out; `headers` are the caller's."""

    path: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    body: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    query: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def operations(app: Flask) -> dict[str, Any]:
    """The document's operations, by `METHOD /path`."""
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
    found = [result.ok() for result in schema.get_all_operations()]
    return {f"{operation.method.upper()} {operation.path}": operation for operation in found}


def answers_of(
    operation: Any, examples: int, success: int, known: Callable[[], Known], left_out: Sequence[Any] = ()
) -> Counter[int]:
    """How often an operation answered with which status. `known` is asked anew for each case.

    Cases are drawn by chance: where none was answered with `success`, so many are tried again, twice at most.
    Fails where an answer is a 5xx, is not as documented, or takes what the document forbids.
    """
    seen: Counter[int] = Counter()

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(), data=st.data())
    def answers_hold(case: Any, data: st.DataObject) -> None:
        there = known()
        if case.meta is None or case.meta.generation.mode.is_positive:
            _insert(case, data, there)
        answer = case.call_and_validate(headers=dict(there.headers) or None, excluded_checks=[*LEFT_OUT, *left_out])
        seen[answer.status_code] += 1

    for _ in range(3):
        answers_hold()
        if seen[success]:
            break
    return seen


def _insert(case: Any, data: st.DataObject, known: Known) -> None:
    for part, values in ((case.path_parameters, known.path), (case.query, known.query)):
        for name in part or ():
            if name in values and data.draw(st.integers(0, 7)):
                part[name] = data.draw(st.sampled_from(values[name]))
    if not isinstance(case.body, dict) or not data.draw(st.integers(0, 7)):
        return
    schemas = case.operation.schema.raw_schema["components"]["schemas"]
    shapes = [schemas.get(body.resource_name or "", body.raw_schema) for body in case.operation.body]
    for name in {name for shape in shapes for name in shape["properties"] if name in known.body}:
        value = data.draw(st.sampled_from(known.body[name]))
        if value is None:
            case.body.pop(name, None)
        else:
            case.body[name] = value
