"""stack.json has the contract's shape, is its owner's alone, and is never half written."""

import json
from pathlib import Path

from local import stack_file
from local.data_directory import DataDirectory, Secrets
from local.people import People, Person
from local.plan import make_plan
from shared.runtime.processes import ProcessSettings
from shared.settings import read


def test_the_shape_is_the_contracts(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as lock:
        plan = make_plan(DataDirectory(tmp_path, lock), Secrets("s" * 48, "database", "redis", "access", "secret"), {})
    people = People(Person("a@x.example", "pw", "vid_1"), {"ads": Person("ads@x.example", "pw", "vid_2")})
    told = stack_file.description(plan, read(ProcessSettings, plan.environment), people, {"intake": 4711})
    assert told == {
        "intake_url": "http://127.0.0.1:8000",
        "triage_url": "http://127.0.0.1:8001",
        "notify_url": "http://127.0.0.1:8002",
        "live_url": "http://127.0.0.1:8003",
        "maildir": str(tmp_path / "mail"),
        "pids": {"intake": 4711},
        "admin": {"email": "a@x.example", "password": "pw", "token": "vid_1"},
        "agents": {"ads": {"email": "ads@x.example", "password": "pw", "token": "vid_2"}},
        "redis_url": "redis://:redis@127.0.0.1:8011/0",
        "database_url": "postgresql://vidare:database@127.0.0.1:8010/vidare",
        "s3": {
            "endpoint": "http://127.0.0.1:8012",
            "access_key": "access",
            "secret_key": "secret",
            "bucket": "vidare",
        },
        "inbound": {"host": "127.0.0.1", "port": 8014, "domain": "vidare.example"},
    }


def test_the_file_is_the_owners_alone_and_replaced_whole(tmp_path: Path) -> None:
    stack_file.write(tmp_path, {"number": 1})
    with (tmp_path / "stack.json").open() as old:
        stack_file.write(tmp_path, {"number": 2})
        assert json.load(old) == {"number": 1}
    assert json.loads((tmp_path / "stack.json").read_text()) == {"number": 2}
    assert (tmp_path / "stack.json").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["stack.json"]


def test_the_environment_file_holds_one_variable_a_line(tmp_path: Path) -> None:
    stack_file.write_environment(tmp_path, {"VIDARE_B": "2", "VIDARE_A": "1=1"})
    assert (tmp_path / "environment").read_text() == "VIDARE_A=1=1\nVIDARE_B=2\n"
    assert (tmp_path / "environment").stat().st_mode & 0o777 == 0o600
