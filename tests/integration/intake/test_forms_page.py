"""Runs every example of docs/use/forms.md against intake."""

import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine
from werkzeug.serving import make_server

from services.intake.app import create_app
from services.intake.settings import IntakeSettings
from services.intake.submissions.form_clients import add_client
from tests.integration.intake.web.conftest import HTML
from tests.samples import files
from tests.servers_of_a_run import ROOT

PAGE = (ROOT / "docs" / "use" / "forms.md").read_text(encoding="utf-8")
HOST = "https://help.example.com"


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


class Fields(HTMLParser):
    """A form's action and its fields with their values."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.values: dict[str, str] = {}
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.action = str(given["action"])
        if tag in ("input", "textarea"):
            self.values[str(given["name"])] = given.get("value") or ""
        if tag == "select":
            self.select = str(given["name"])
        if tag == "option":
            self.values.setdefault(self.select, str(given["value"]))


@pytest.fixture
def intake(intake_settings: IntakeSettings, engine: Engine, redis_url: str) -> Flask:
    return create_app(intake_settings)


@pytest.fixture
def address(intake: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, intake, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def shell(address: str, engine: Engine, tmp_path: Path) -> dict[str, str]:
    """The output of each shell example, by the example."""
    if shutil.which("curl") is None:
        pytest.skip("there is no curl here")
    (tmp_path / "proof.png").write_bytes(files.png())
    environment = {**os.environ, "FORM_TOKEN": add_client(engine, "shop-help", 600)}
    printed = {}
    for example in examples("sh"):
        done = subprocess.run(
            ["sh", "-c", example.replace(HOST, address)], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        printed[example] = done.stdout
    return printed


def of(printed: dict[str, str], word: str) -> str:
    [found] = [output for example, output in printed.items() if word in example]
    return found


def test_plain_form_leads_to_the_status_page_and_a_wrong_one_to_our_form(intake: Flask) -> None:
    [html] = examples("html")
    form = Fields()
    form.feed(html)
    path = form.action.removeprefix(HOST)
    filled = {**form.values, "email": "anna@example.com", "message": "My Pin is gone.", "details.removed_link": ""}
    client = intake.test_client()
    given: dict[str, object] = {**filled, "attachment": (BytesIO(files.png()), "proof.png")}
    answer = client.post(path, data=given, headers=HTML, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    assert "proof.png" in client.get(answer.location, headers=HTML).text
    empty: dict[str, object] = {**filled, "email": "", "attachment": (BytesIO(b""), "")}
    refused = client.post(path, data=empty, headers=HTML, content_type="multipart/form-data")
    assert refused.status_code == 422
    assert "My Pin is gone." in refused.text


def test_each_shell_example_works(shell: dict[str, str]) -> None:
    first = json.loads(of(shell, "order-4711"))
    [shown] = [json.loads(example) for example in examples("json") if "reference" in example]
    assert first.keys() == shown.keys()
    assert first["missing_evidence"] == []
    assert json.loads(of(shell, "proof.png"))["missing_evidence"] == []
    assert json.loads(of(shell, "FORM_TOKEN"))["reference"].startswith("T-")
    preflight = of(shell, "OPTIONS").lower()
    assert "access-control-allow-origin: *" in preflight
    assert "idempotency-key" in preflight


def test_an_error_looks_as_shown(intake: Flask) -> None:
    [shown] = [json.loads(example) for example in examples("json") if "errors" in example]
    fields = {"category": "billing/receipt", "email": "nix", "message": "m", "details": {"invoice_month": "March"}}
    problem = intake.test_client().post("/v1/tickets", json=fields).json
    assert problem is not None
    assert problem.keys() == shown.keys()
    assert problem["errors"].keys() == shown["errors"].keys()
    assert problem["errors"]["email"] == shown["errors"]["email"]
    assert (problem["title"], problem["detail"], problem["status"]) == (
        shown["title"],
        shown["detail"],
        shown["status"],
    )


def test_every_path_and_field_in_the_examples_exists(intake: Flask) -> None:
    answer = intake.test_client().get("/v1/categories").json
    assert answer is not None
    known = {
        item["path"]: {one["name"] for one in item["fields"]} | {one["id"] for one in item["evidence"]}
        for item in answer["items"]
    }
    assert set(re.findall(r"category[\"=: ]+([a-z]+/[a-z-]+)", PAGE)) <= set(known)
    assert {"removed_kind", "removed_link"} <= known["account/content-removed"]
