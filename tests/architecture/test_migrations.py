"""One line of history a schema."""

import pytest

from shared.storage.migrate import HISTORIES, History, script_directory


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history.schema)
def test_one_head(history: History) -> None:
    assert len(script_directory(history).get_heads()) == 1


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history.schema)
def test_a_migration_touches_no_other_service(history: History) -> None:
    others = {each.schema for each in HISTORIES} - {history.schema, "events"}
    for path in (history.folder / "versions").glob("*.py"):
        text = path.read_text()
        assert [schema for schema in others if f"{schema}." in text.replace(f"services.{schema}", "")] == [], path.name
