"""Which tags a ticket has after a bulk."""

import marshmallow as ma
import pytest

from services.triage.bulk.kinds import KINDS, with_tags


@pytest.mark.parametrize(
    ("tags", "add", "remove", "expected"),
    [
        ([], ["a"], [], ["a"]),
        (["a", "b"], ["b", "c"], [], ["a", "b", "c"]),
        (["a", "b"], [], ["a", "z"], ["b"]),
        (["a", "b"], ["a"], ["a"], ["b", "a"]),
        (["a"], [" b ", "b"], [" a "], ["b"]),
    ],
)
def test_tags_are_removed_then_added_at_the_end(
    tags: list[str], add: list[str], remove: list[str], expected: list[str]
) -> None:
    assert with_tags(tags, add, remove) == expected


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("field", ["claim", "version", "seen"])
def test_what_belongs_to_one_ticket_is_unknown(kind: str, field: str) -> None:
    with pytest.raises(ma.ValidationError) as error:
        KINDS[kind].body().load({field: None})
    assert field in error.value.messages_dict
