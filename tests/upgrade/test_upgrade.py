"""The database of an earlier version, brought to the newest by its migrations, loses nothing, and today's code reads it.

Beside each dump lies what opens its doors: the secret that its keys are derived from, a token of an admin, and tickets by name.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_DNS, UUID, uuid5

import psycopg
import pytest
from psycopg import sql
from uuid_utils.compat import uuid7

from services.intake.app import create_app as create_intake
from services.intake.settings import IntakeSettings
from services.notify.app import create_app as create_notify
from services.notify.settings import NotifySettings
from services.triage.app import create_app as create_triage
from services.triage.settings import TriageSettings
from shared.settings import read
from shared.storage.migrate import HISTORIES, migrate, script_directory
from tests.personal_data import unregistered
from tests.servers_of_a_run import Servers
from tests.upgrade.loaded_dump import DUMPS, keys_of, loaded

# Tables that no scene of the dump fills, and why.
EMPTY: dict[str, dict[str, str]] = {"0.1.0": {}}

Table = tuple[str, str]


@dataclass(frozen=True)
class Upgraded:
    """`before`: how many rows each table had. `keys`: what opens the doors of the system that was dumped."""

    version: str
    address: str
    environment: dict[str, str]
    before: dict[Table, int]
    keys: dict[str, Any]

    def bearer(self, key: str | None = None) -> dict[str, str]:
        """Of the admin, or with a ticket's key."""
        return {"Authorization": f"Bearer {key or self.keys['admin_token']}"}


@pytest.fixture(scope="module", params=DUMPS)
def upgraded(request: pytest.FixtureRequest, servers: Servers, environment: dict[str, str]) -> Iterator[Upgraded]:
    version: str = request.param
    keys = keys_of(version)
    with loaded(version, servers, "upgrade") as address:
        before = counted(address)
        migrate(address.replace("postgresql://", "postgresql+psycopg://"))
        changed = {"VIDARE_DATABASE_URL": address, "VIDARE_SECRET": keys["secret"]}
        yield Upgraded(version, address, environment | changed, before, keys)


def counted(address: str) -> dict[Table, int]:
    """The rows of each table of ours."""
    ours = ["auth", *(history.schema for history in HISTORIES)]
    with psycopg.connect(address) as connection:
        tables = connection.execute(
            "select schemaname, tablename from pg_tables where schemaname = any(%s)", [ours]
        ).fetchall()
        counts = {}
        for schema, table in tables:
            row = connection.execute(
                sql.SQL("select count(*) from {}").format(sql.Identifier(schema, table))
            ).fetchone()
            counts[str(schema), str(table)] = int(row[0]) if row else 0
    return counts


def test_the_dump_has_a_row_in_every_table(upgraded: Upgraded) -> None:
    empty = {".".join(table) for table, rows in upgraded.before.items() if rows == 0}
    assert empty == set(EMPTY[upgraded.version])


def test_the_dump_holds_every_state(upgraded: Upgraded) -> None:
    wanted = {
        "triage.tickets": {"held", "open", "claimed", "waiting", "resolved", "withdrawn"},
        "triage.rulesets": {"draft", "active", "retired"},
        "notify.emails": {"queued", "sending", "sent", "deferred", "failed", "bounced", "suppressed"},
        "intake.attachments": {"pending", "clean", "not_scanned", "quarantined"},
    }
    with psycopg.connect(upgraded.address) as connection:
        for table, states in wanted.items():
            name = sql.Identifier(*table.split("."))
            rows = connection.execute(sql.SQL("select distinct state from {}").format(name)).fetchall()
            assert {state for (state,) in rows} == states, table


def test_no_row_is_lost(upgraded: Upgraded) -> None:
    after = counted(upgraded.address)
    assert {table: after.get(table, 0) for table in upgraded.before} == upgraded.before


_RECORD = "select events.record(%s::jsonb)"


def _event(event_id: UUID) -> str:
    """The argument of `events.record` for an event of nobody."""
    kind = {"event_id": str(event_id), "type": "A", "version": 1, "first": False, "correlation_id": "c"}
    return json.dumps([{**kind, "ticket": None, "payload": {}, "personal": None, "subscribers": []}])


def test_the_log_is_the_first_partition_and_goes_on(upgraded: Upgraded) -> None:
    with psycopg.connect(upgraded.address) as connection:
        before = connection.execute("select count(*), max(id) from events.log_1").fetchone()
        after = connection.execute(_RECORD, [_event(uuid7())]).fetchone()
        connection.rollback()
    assert before is not None
    assert after is not None
    assert before[0] == upgraded.before["events", "log"]
    assert after[0][0] > before[1]


@pytest.mark.parametrize("version", DUMPS)
def test_an_id_that_a_caller_derived_stays_unique(version: str, servers: Servers) -> None:
    derived = uuid5(NAMESPACE_DNS, "a key")
    with loaded(version, servers, "derived") as address:
        with psycopg.connect(address) as connection:
            connection.execute(
                "insert into events.log (event_id, type, version, correlation_id, payload) values (%s, 'A', 1, 'c', '{}')",
                [derived],
            )
        migrate(address.replace("postgresql://", "postgresql+psycopg://"))
        with psycopg.connect(address) as connection, pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute(_RECORD, [_event(derived)])


def test_the_register_of_personal_data_knows_every_key(upgraded: Upgraded) -> None:
    with psycopg.connect(upgraded.address) as connection:
        assert unregistered(connection) == {}


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history.schema)
def test_each_history_is_at_its_head(upgraded: Upgraded, history: Any) -> None:
    with psycopg.connect(upgraded.address) as connection:
        at = connection.execute(
            sql.SQL("select version_num from {}").format(sql.Identifier(history.schema, "alembic_version"))
        ).fetchall()
    assert [version for (version,) in at] == script_directory(history).get_heads()


def test_triage_lists_the_tickets_and_shows_each_with_its_timeline(upgraded: Upgraded) -> None:
    client = create_triage(read(TriageSettings, upgraded.environment)).test_client()
    answer = client.get("/v1/tickets?limit=200", headers=upgraded.bearer())
    assert answer.status_code == 200, answer.text
    assert len(answer.json["items"]) == upgraded.before["triage", "tickets"]  # type: ignore[index]
    lines = 0
    for item in answer.json["items"]:  # type: ignore[index]
        shown = client.get(f"/v1/tickets/{item['reference']}", headers=upgraded.bearer())
        assert shown.status_code == 200, shown.text
        lines += len(shown.json["timeline"])  # type: ignore[index]
    assert lines == upgraded.before["triage", "timeline"]


def test_notify_lists_the_emails_and_shows_each(upgraded: Upgraded) -> None:
    client = create_notify(read(NotifySettings, upgraded.environment)).test_client()
    answer = client.get("/v1/emails?limit=200", headers=upgraded.bearer())
    assert answer.status_code == 200, answer.text
    assert len(answer.json["items"]) == upgraded.before["notify", "emails"]  # type: ignore[index]
    for item in answer.json["items"]:  # type: ignore[index]
        assert client.get(f"/v1/emails/{item['id']}", headers=upgraded.bearer()).status_code == 200


def test_each_ticket_opens_with_the_key_that_its_requester_has(upgraded: Upgraded) -> None:
    client = create_intake(read(IntakeSettings, upgraded.environment)).test_client()
    for name, ticket in upgraded.keys["tickets"].items():
        shown = client.get(f"/v1/tickets/{ticket['reference']}", headers=upgraded.bearer(ticket["key"]))
        assert shown.status_code == 200, f"{name}: {shown.text}"
        assert client.get(f"/t/{ticket['reference']}?key={ticket['key']}").status_code == 200, name
