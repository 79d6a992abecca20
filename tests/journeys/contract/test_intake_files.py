"""Attachments: sizes, kinds, names; and every image is replaced by a re-encoded copy."""

import hashlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
import requests
from PIL import Image

from tests.journeys.contract.conftest import Api, Submission, problem
from tests.journeys.walking import ticket
from tests.polling import eventually
from tests.samples import files

Make = Callable[..., Submission]
LIMIT = 2 * 1024 * 1024


def _send(
    api: Api, submission: Submission, *uploads: tuple[str, bytes], field: str = "attachment"
) -> requests.Response:
    return api.post("intake", "/v1/tickets", data=submission, files=[(field, (name, body)) for name, body in uploads])


def _pdf(size: int) -> bytes:
    return files.pdf() + b"\n%" + b"x" * (size - len(files.pdf()) - 2)


@pytest.mark.parametrize(
    ("name", "make"),
    [("a.png", files.png), ("a.jpg", files.jpeg), ("a.JPEG", files.jpeg), ("a.gif", files.gif), ("a.pdf", files.pdf)],
)
def test_the_allowed_kinds_are_accepted(api: Api, submission: Make, name: str, make: Callable[[], bytes]) -> None:
    assert _send(api, submission(), (name, make())).status_code == 201


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.png", files.jpeg()),
        ("a.txt", b"text"),
        ("a.pdf", b"<html></html>"),
        ("a.exe", files.png()),
        ("a", files.png()),
        ("a.png", files.png()[:40]),
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
    ],
    ids=["type", "text", "html", "extension", "none", "cut", "svg"],
)
def test_name_and_content_must_agree_and_be_allowed(api: Api, submission: Make, name: str, body: bytes) -> None:
    problem(_send(api, submission(), (name, body)), 415)


def test_less_than_two_mebibytes_is_accepted_and_that_much_is_413(api: Api, submission: Make) -> None:
    assert _send(api, submission(), ("a.pdf", _pdf(LIMIT - 1))).status_code == 201
    problem(_send(api, submission(), ("a.pdf", _pdf(LIMIT))), 413)


def test_an_empty_file_is_422_and_two_are_422(api: Api, submission: Make) -> None:
    assert "attachment" in problem(_send(api, submission(), ("a.png", b"")), 422)["errors"]
    assert (
        "attachment" in problem(_send(api, submission(), ("a.png", files.png()), ("b.png", files.png())), 422)["errors"]
    )


def test_no_name_and_no_bytes_is_no_file(api: Api, submission: Make) -> None:
    mine = submission()
    body = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in mine.items()
    )
    body += '--b\r\nContent-Disposition: form-data; name="attachment"; filename=""\r\n\r\n\r\n--b--\r\n'
    answer = api.post(
        "intake", "/v1/tickets", data=body.encode(), headers={"Content-Type": "multipart/form-data; boundary=b"}
    )
    assert answer.status_code == 201


def test_a_file_under_another_name_is_named(api: Api, submission: Make) -> None:
    assert "file" in problem(_send(api, submission(), ("a.png", files.png()), field="file"), 422)["errors"]


def test_broken_multipart_is_400(api: Api) -> None:
    for media_type in ("multipart/form-data", "multipart/form-data; boundary=x"):
        problem(api.post("intake", "/v1/tickets", data=b"--y\r\n", headers={"Content-Type": media_type}), 400)


def test_details_of_a_multipart_submission_are_a_json_string(api: Api, submission: Make) -> None:
    mine = submission(category="billing/receipt", details='{"invoice_month": "2026-10"}')
    assert _send(api, mine, ("a.png", files.png())).status_code == 201
    errors = problem(_send(api, mine | {"details": "{nonsense"}, ("a.png", files.png())), 422)["errors"]
    assert list(errors) == ["details"]


@pytest.mark.parametrize(
    "name",
    ["../../etc/a.png", "C:\\x\\a.png", "a\u202egnp.png", "a\x07.png", "x" * 400 + ".png", "år 日本.png"],
    ids=ascii,
)
def test_a_name_is_cleaned_never_refused(api: Api, submission: Make, name: str) -> None:
    reference = _send(api, submission(), (name, files.png())).json()["reference"]
    (kept,) = ticket(api.stack, reference)["attachments"]
    cleaned = kept["name"]
    assert cleaned.endswith(".png")
    assert len(cleaned.encode()) <= 255
    assert not set(cleaned) & set("/\\\u202e\x07")


def test_an_image_is_replaced_by_a_copy_without_metadata(api: Api, submission: Make) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    written = BytesIO()
    Image.new("RGB", (64, 48), "red").save(written, "JPEG", exif=exif)
    sent = written.getvalue() + b"SECRET-TRAILER"
    reference = _send(api, submission(), ("a.jpg", sent)).json()["reference"]

    def clean() -> dict[str, Any] | None:
        (found,) = ticket(api.stack, reference)["attachments"]
        return found if found["state"] == "clean" else None

    attachment = eventually(clean) or {}
    assert set(attachment) >= {"id", "name", "media_type", "size", "state", "url"}
    link = api.get("triage", f"/v1/attachments/{attachment['id']}", as_="ads")
    assert link.status_code == 302
    body = requests.get(link.headers["Location"], timeout=10)
    assert b"SecretCamera" not in body.content
    assert b"SECRET-TRAILER" not in body.content
    assert hashlib.sha256(body.content).digest() != hashlib.sha256(sent).digest()
    assert body.headers["Content-Disposition"].startswith("attachment")


def test_forty_megapixels_are_the_most(api: Api, submission: Make) -> None:
    written = BytesIO()
    Image.new("1", (8000, 5001)).save(written, "PNG")
    problem(_send(api, submission(), ("a.png", written.getvalue())), 415)
