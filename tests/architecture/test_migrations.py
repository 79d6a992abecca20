"""One line of history a schema, which later changes of the code cannot alter."""

import ast
import sys

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


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history.schema)
def test_a_migration_imports_nothing_of_the_project(history: History) -> None:
    """What it needs of the code's data is frozen beside it."""
    allowed = {"alembic", "sqlalchemy", *sys.stdlib_module_names}
    for path in (history.folder / "versions").glob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        imported = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
        imported += [node.module or "." for node in nodes if isinstance(node, ast.ImportFrom)]
        assert [name for name in imported if name.partition(".")[0] not in allowed] == [], path.name
