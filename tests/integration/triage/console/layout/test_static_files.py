"""Static files: which are served, and under which names."""

from collections import Counter
from pathlib import Path

import pytest

from services.triage.console import layout
from services.triage.console.layout.static_files import STATIC_FILES
from tests.integration.triage.console.conftest import Visitor

CONSOLE = Path(layout.__file__).parents[1]


def test_no_two_subjects_have_a_static_file_of_the_same_name() -> None:
    names = Counter(path.name for path in CONSOLE.glob("*/static/*"))
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("name", sorted(STATIC_FILES))
def test_a_static_file_is_served_with_its_content(visitor: Visitor, name: str) -> None:
    answer = visitor.client.get(f"/console/static/{name}?v=1")
    assert (answer.status_code, answer.data) == (200, STATIC_FILES[name].read_bytes())
    assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["blueprint.py", "page.html", "..%2Fblueprint.py", "static/../../layout/blueprint.py"])
def test_other_files_are_not_served(visitor: Visitor, name: str) -> None:
    assert visitor.client.get(f"/console/static/{name}").status_code == 404
