"""Where each part listens, what the processes are told, and what a server of one's own replaces."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.data_directory import DataDirectory, Secrets
from local.errors import LocalError
from local.plan import make_plan

SECRETS = Secrets("s" * 48, "database", "redis", "access", "secret")


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[DataDirectory]:
    with (tmp_path / "lock").open("w") as lock:
        yield DataDirectory(tmp_path, lock)


def test_the_ports_are_the_contracts(directory: DataDirectory) -> None:
    assert make_plan(directory, SECRETS, {"VIDARE_BASE_PORT": "9000"}).ports == {
        "intake": 9000,
        "triage": 9001,
        "notify": 9002,
        "live": 9003,
        "postgres": 9010,
        "redis": 9011,
        "s3": 9012,
        "smtp-sink": 9013,
        "inbound": 9014,
    }


def test_two_stacks_twenty_apart_share_no_port(directory: DataDirectory) -> None:
    first = make_plan(directory, SECRETS, {"VIDARE_BASE_PORT": "9000"})
    second = make_plan(directory, SECRETS, {"VIDARE_BASE_PORT": "9020"})
    assert not set(first.ports.values()) & set(second.ports.values())


def test_every_part_listens_on_the_loopback_unless_told_otherwise(directory: DataDirectory) -> None:
    plan = make_plan(directory, SECRETS, {})
    assert plan.environment["VIDARE_BIND"] == "127.0.0.1"
    assert plan.environment["VIDARE_DATABASE_URL"] == "postgresql://vidare:database@127.0.0.1:8010/vidare"


@pytest.mark.parametrize(
    ("variable", "server"),
    [
        ("VIDARE_DATABASE_URL", "postgres"),
        ("VIDARE_REDIS_URL", "redis"),
        ("VIDARE_S3_URL", "s3"),
        ("VIDARE_SMTP_URL", "smtp-sink"),
    ],
)
def test_a_server_of_ones_own_replaces_the_embedded_one(directory: DataDirectory, variable: str, server: str) -> None:
    plan = make_plan(directory, SECRETS, {variable: "kind://elsewhere:1"})
    assert server not in [launch.name for launch in plan.servers]
    assert server not in plan.ports
    assert len(plan.servers) == 3
    assert plan.environment[variable] == "kind://elsewhere:1"


def test_a_store_of_ones_own_is_not_told_our_keys(directory: DataDirectory) -> None:
    plan = make_plan(directory, SECRETS, {"VIDARE_S3_URL": "https://store.example"})
    assert "VIDARE_S3_ACCESS_KEY" not in plan.environment


def test_a_secret_given_by_file_is_not_overruled(directory: DataDirectory) -> None:
    plan = make_plan(directory, SECRETS, {"VIDARE_SECRET_FILE": "/run/secrets/vidare"})
    assert "VIDARE_SECRET" not in plan.environment
    assert plan.environment["VIDARE_SECRET_FILE"] == "/run/secrets/vidare"


def test_the_stack_knows_whether_it_made_the_database(directory: DataDirectory) -> None:
    assert make_plan(directory, SECRETS, {}).own_database
    assert not make_plan(directory, SECRETS, {"VIDARE_DATABASE_URL": "postgresql://elsewhere/db"}).own_database


def test_nothing_but_vidares_variables_reaches_the_environment_file(directory: DataDirectory) -> None:
    assert "PATH" not in make_plan(directory, SECRETS, {"PATH": "/bin", "VIDARE_TEAMS": "one"}).environment


@pytest.mark.parametrize("base", ["0", "80", "65530", "-1", "8000.5"])
def test_a_base_port_too_high_or_low_is_refused(directory: DataDirectory, base: str) -> None:
    with pytest.raises(LocalError, match="VIDARE_BASE_PORT"):
        make_plan(directory, SECRETS, {"VIDARE_BASE_PORT": base})
