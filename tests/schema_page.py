"""Writes docs/develop/schema.md from a PostgreSQL that was migrated for it: `python -m tests.schema_page`."""

import secrets
import sys
import tempfile
from pathlib import Path

from sqlalchemy import create_engine

from local.ports import free_ports
from local.servers import postgres
from shared.storage.migrate import migrate
from shared.storage.schema_page import schema_page

PAGE = Path(__file__).parents[1] / "docs" / "develop" / "schema.md"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="vidare-schema-") as folder:
        server = postgres.start(Path(folder), free_ports(1)[0], password=secrets.token_hex(8), durable=False)
        try:
            address = server.url.replace("postgresql://", "postgresql+psycopg://")
            migrate(address)
            engine = create_engine(address)
            with engine.connect() as connection:
                PAGE.write_text(schema_page(connection), encoding="utf-8")
            engine.dispose()
        finally:
            server.stop()
    sys.stdout.write(f"{PAGE.relative_to(Path.cwd())} written\n")


if __name__ == "__main__":
    main()
