"""The process of live updates as it is really served, and readers of its streams."""

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from typing import Any, cast

import pytest

from tests.faults.served import Served, served
from tests.integration.triage.conftest import Caller
from tests.polling import eventually


@dataclass
class Read:
    """An event as it came."""

    name: str
    id: str
    data: dict[str, Any]


@dataclass
class Reader:
    """Reads a stream in a thread, until it ends or is closed."""

    connection: HTTPConnection
    answer: HTTPResponse
    events: list[Read] = field(default_factory=list)
    position: str = ""
    is_over: bool = False

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        eventually(lambda: self.position or self.is_over)

    def _read(self) -> None:
        block: dict[str, str] = {}
        try:
            for line in self.answer:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if line != b"\n":
                    block[name] = value
                    continue
                self.position = block.get("id", self.position)
                if "event" in block:
                    self.events.append(Read(block["event"], block["id"], json.loads(block["data"])))
                block = {}
        except (OSError, ValueError, AttributeError):
            pass  # closed
        self.is_over = True

    def of(self, name: str) -> list[dict[str, Any]]:
        """The data of the events of this name so far."""
        return [one.data for one in list(self.events) if one.name == name]

    def wait_for(self, name: str, **data: Any) -> Read:
        """The first event of this name with these data."""

        def found() -> Read | None:
            return next(
                (one for one in list(self.events) if one.name == name and data.items() <= one.data.items()), None
            )

        return cast(Read, eventually(found))

    def close(self) -> None:
        if self.connection.sock is not None:
            self.connection.sock.shutdown(2)
        self._thread.join(10)
        self.connection.close()


@dataclass
class Live:
    """The process at its port."""

    served: Served
    readers: list[Reader] = field(default_factory=list)

    def ask(
        self, path: str = "/v1/live", headers: Mapping[str, str] | None = None, method: str = "GET"
    ) -> tuple[HTTPConnection, HTTPResponse]:
        connection = HTTPConnection("127.0.0.1", self.served.port, timeout=60)
        connection.request(method, path, headers=dict(headers or {}))
        return connection, connection.getresponse()

    def status(self, path: str = "/v1/live", headers: Mapping[str, str] | None = None) -> int:
        connection, answer = self.ask(path, headers)
        connection.close()
        return answer.status

    def read(self, caller: Caller | None, path: str = "/v1/live", **headers: str) -> Reader:
        """A stream of this person, or of the token in the path."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        connection, answer = self.ask(path, {**(caller.headers if caller else {}), **given})
        assert answer.status == 200, answer.read()
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        reader = Reader(connection, answer)
        self.readers.append(reader)
        return reader


@pytest.fixture(scope="module")
def _process(environment: dict[str, str]) -> Iterator[Served]:
    with served("live", environment) as process:
        yield process


@pytest.fixture
def live(_process: Served, clean_database: None) -> Iterator[Live]:
    found = Live(_process)
    yield found
    for reader in found.readers:
        reader.close()


def token_of(caller: Caller) -> str:
    """A token for one stream of this person."""
    return str(caller.post("/v1/live/tokens", None, 201)["token"])
