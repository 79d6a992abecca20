"""Every column and every key of a JSON document is in the register of personal data. `tests/clean_database.py` asks the same of every
event, timeline entry and document that any test leaves behind."""

from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, Engine, text

from shared.events.subscriptions import SUBSCRIPTIONS
from shared.personal_data import read_register
from tests.personal_data import SCHEMAS, unregistered

REGISTER = read_register()
_COLUMNS = text("""
    select table_schema || '.' || table_name as place, array_agg(column_name::text) as names from information_schema.columns
    where table_schema = any(:schemas) and table_name <> 'alembic_version'
      and not (select relispartition from pg_class where oid = format('%I.%I', table_schema, table_name)::regclass)
    group by 1
""")


def columns(connection: Connection) -> dict[str, set[str]]:
    return {row.place: set(row.names) for row in connection.execute(_COLUMNS, {"schemas": list(SCHEMAS)})}


def test_every_column_is_registered(engine: Engine) -> None:
    with engine.connect() as connection:
        found = {place: REGISTER.unregistered(place, names) for place, names in columns(connection).items()}
    assert {place: names for place, names in found.items() if names} == {}


def test_the_register_names_no_column_that_is_gone(engine: Engine) -> None:
    with engine.connect() as connection:
        tables = columns(connection)
    registered = {
        place: {*REGISTER.personal[place], *REGISTER.other[place]} for place in REGISTER.places() if place in tables
    }
    assert {place: names - tables[place] for place, names in registered.items() if names - tables[place]} == {}
    documents = {place for place in REGISTER.places() if place.count(".") == 2}
    assert {place for place in documents if place.rpartition(".")[2] not in tables[place.rpartition(".")[0]]} == set()


def test_every_event_type_is_registered() -> None:
    assert {name for name in SUBSCRIPTIONS if f"{name}.payload" not in REGISTER.places()} == set()


def test_an_unregistered_column_is_found(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("alter table triage.tickets add column shoe_size text"))
        assert REGISTER.unregistered("triage.tickets", columns(connection)["triage.tickets"]) == {"shoe_size"}
        connection.rollback()


def test_an_unregistered_key_is_found(database_url: str, clean_database: None) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute(
            """insert into events.log (event_id, type, version, correlation_id, payload, personal)
               values (gen_random_uuid(), 'TicketNoted', 1, 'c', '{"by": "Ann", "pet": "Rex"}', '{"mother": "Eva"}')"""
        )
        assert unregistered(connection) == {"TicketNoted.payload": {"pet"}, "TicketNoted.personal": {"mother"}}
        connection.rollback()


def test_an_entry_without_a_rule_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "register.yaml"
    file.write_text("rules: {}\ntriage.tickets:\n  personal:\n    email: [an address, none]\n")
    with pytest.raises(KeyError):
        read_register(file)
