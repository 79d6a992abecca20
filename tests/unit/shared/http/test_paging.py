"""Keyset paging."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Unprocessable
from shared.http import paging


@given(
    st.integers(-(2**63) + 1, 2**63 - 1), st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
)
def test_a_cursor_comes_back_as_it_went(number: int, name: str) -> None:
    assert paging.decode(paging.encode((number, name)), (int, str)) == (number, name)


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "!!",
        "ä",
        paging.encode(("a",)),
        paging.encode((1, 2)),
        paging.encode((2**63,)),
        paging.encode((True,)),
        "W1tbW1tbW1tb",
    ],
)
def test_anything_else_is_no_cursor(cursor: str) -> None:
    with pytest.raises(Unprocessable) as refused:
        paging.decode(cursor, (int,))
    assert list(refused.value.errors) == ["cursor"]


def test_a_walk_meets_every_row_that_stayed_exactly_once_while_others_arrive() -> None:
    rows = list(range(0, 40, 2))
    seen: list[int] = []
    cursor: str | None = None
    for _ in range(50):
        after = paging.decode(cursor, (int,))
        found = sorted(row for row in rows if after is None or row > int(after[0]))[:8]
        answer = paging.page(found, 7, lambda row: (row,), lambda row: {"id": row})
        seen += [item["id"] for item in answer["items"]]
        rows += [seen[-1] - 1, seen[-1] + 101]
        cursor = answer["next_cursor"]
        if cursor is None or len(seen) > 60:
            break
    assert [row for row in seen if row % 2 == 0 and row < 40] == list(range(0, 40, 2))
    assert len(seen) == len(set(seen))
