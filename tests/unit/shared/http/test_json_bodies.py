"""Names that a JSON body has twice."""

import pytest

from shared.errors import Unprocessable
from shared.http.json_bodies import REPEATED, read_json


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ('{"message": "a", "email": "b", "message": "c"}', {"message"}),
        ('{"a": 1, "b": 2, "a": 1, "b": 2}', {"a", "b"}),
        ('{"details": {"site_url": "x", "site_url": "x"}}', {"site_url"}),
        (r'{"\ud800": 1, "\ud800": 1}', {"body"}),
    ],
)
def test_each_repeated_name_is_told(body: str, named: set[str]) -> None:
    with pytest.raises(Unprocessable) as refused:
        read_json(body)
    assert refused.value.errors == {name: [REPEATED] for name in named}


def test_the_same_name_in_two_objects_is_no_repetition() -> None:
    assert read_json('[{"a": 1}, {"a": {"a": 2}}]') == [{"a": 1}, {"a": {"a": 2}}]
