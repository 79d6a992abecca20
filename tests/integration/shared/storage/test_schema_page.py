"""docs/develop/schema.md is what the migrations make."""

from sqlalchemy import Engine

from shared.storage.schema_page import schema_page
from tests.schema_page import PAGE


def test_the_page_shows_the_migrated_schema(engine: Engine) -> None:
    with engine.connect() as connection:
        assert PAGE.read_text(encoding="utf-8") == schema_page(connection), "run `make docs`"
