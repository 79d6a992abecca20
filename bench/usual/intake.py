"""The usual design's form and API: `python -m bench.usual.intake PORT`."""

import hashlib
import os
import secrets
import sys

import boto3
from flask import Flask, Response, jsonify, redirect, request
from granian import Granian
from granian.constants import HTTPModes, Interfaces

from bench.usual.tables import TICKETS, connect, reference_of
from bench.usual.tasks import route

_FORM = """<form method="post" enctype="multipart/form-data"><input name="email"><textarea name="message"></textarea>
<input type="file" name="attachment"><button>Send</button></form>"""


def create_app() -> Flask:
    app = Flask("usual")

    @app.get("/help/<path:category>/note")
    def form(category: str) -> str:
        return _FORM

    @app.post("/help/<path:category>/note")
    def post_form(category: str) -> Response:
        number = _accept(category, request.form["email"], request.form["message"])
        return redirect(f"/t/{reference_of(number)}", 303)  # type: ignore[return-value]

    @app.post("/v1/tickets")
    def post_ticket() -> Response:
        fields = request.get_json() if request.is_json else request.form
        answer = jsonify(reference=reference_of(_accept(fields["category"], fields["email"], fields["message"])))
        answer.status_code = 201
        return answer

    return app


def _accept(category: str, email: str, message: str) -> int:
    name, digest = _store_file()
    with connect() as connection:
        row = connection.execute(
            "insert into tickets (category, email, message, object, sha256) values (%s, %s, %s, %s, %s) returning id",
            (category, email, message.strip(), name, digest),
        ).fetchone()
    number = int(str(row[0])) if row else 0
    route.delay(number)
    return number


def _store_file() -> tuple[str | None, str | None]:
    upload = request.files.get("attachment")
    body = upload.read() if upload is not None else b""
    if not body:
        return None, None
    name = f"usual/{secrets.token_hex(16)}"
    store = boto3.client(
        "s3",
        endpoint_url=os.environ["VIDARE_S3_URL"],
        aws_access_key_id=os.environ["VIDARE_S3_ACCESS_KEY"],
        aws_secret_access_key=os.environ["VIDARE_S3_SECRET_KEY"],
        region_name="us-east-1",
    )
    store.put_object(Bucket=os.environ["VIDARE_S3_BUCKET"], Key=name, Body=body)
    return name, hashlib.sha256(body).hexdigest()


def load(_: str) -> Flask:
    """For granian, in its worker."""
    return create_app()


if __name__ == "__main__":
    with connect() as connection:
        connection.execute(TICKETS)
    Granian(
        "bench.usual.intake",
        address="127.0.0.1",
        port=int(sys.argv[1]),
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=1,
        blocking_threads=16,
        log_access=False,
    ).serve(target_loader=load)
