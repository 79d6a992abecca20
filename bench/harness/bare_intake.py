"""The ceiling for intake: Flask on the same server reads the submission and writes the same rows in one statement, nothing else.

No check, no key, no limit, no second look: `python -m bench.harness.bare_intake PORT`. It decodes a
file and puts it in the store.
"""

import io
import json
import os
import secrets
import sys
import threading
from datetime import UTC, datetime
from typing import Any

import boto3
import psycopg
from botocore.config import Config
from flask import Flask, Response, jsonify, request
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from PIL import Image
from uuid_utils.compat import uuid7

from shared.runtime.processes import ProcessSettings
from shared.settings import read

# A key by content, the submission, the event, and a delivery for each of its two subscribers: as wide as ours, with the same indexes.
_ROWS = """
with claim as (
    insert into intake.idempotency (kind, digest, content, reference, expires_at)
    values ('content', %(digest)s, %(digest)s, %(reference)s, clock_timestamp() + interval '10 minutes')
), submission as (
    insert into intake.submissions (reference, correlation_id, category, locale, platform, catalog, address, personal)
    values (%(reference)s, %(correlation)s, %(category)s, 'en', %(platform)s, 1, %(email)s, cast(%(personal)s as jsonb))
), file as (
    insert into intake.attachments (id, reference, object, name, media_type, size, sha256)
    select %(file)s, %(reference)s, %(object)s, 'file', 'image/jpeg', %(size)s, '' where cast(%(file)s as uuid) is not null
), logged as (
    insert into events.log (event_id, type, version, ticket, correlation_id, payload, personal)
    values (%(event)s, 'BareSubmission', 1, %(reference)s, %(correlation)s, cast(%(payload)s as jsonb), cast(%(personal)s as jsonb))
    returning id
)
insert into events.deliveries (id, subscriber, ticket)
select id, subscriber, %(reference)s from logged, unnest(array['bare-triage', 'bare-notify']) as subscriber
"""

_thread = threading.local()


def create_app() -> Flask:
    app, address = Flask("bare"), os.environ["VIDARE_DATABASE_URL"]
    store = _store()

    @app.post("/v1/tickets")
    def take() -> Response:
        upload = request.files.get("attachment")
        fields: dict[str, Any] = request.get_json() if upload is None else request.form.to_dict()
        kept = None
        if upload is not None:
            kept = upload.read()
            Image.open(io.BytesIO(kept)).load()
        reference = _write(address, fields, kept, store)
        answer = jsonify(reference=reference)
        answer.status_code = 201
        return answer

    return app


def _write(address: str, fields: dict[str, Any], body: bytes | None, store: Any) -> str:
    reference, name = secrets.token_hex(6), secrets.token_hex(16)
    if body is not None:
        store.put_object(Bucket=os.environ["VIDARE_S3_BUCKET"], Key=f"bare/{name}", Body=body, ContentType="image/jpeg")
    values = {
        "reference": reference,
        "correlation": str(uuid7()),
        "digest": secrets.token_bytes(32),
        "event": uuid7(),
        "category": fields["category"],
        "email": fields["email"],
        "platform": fields["platform"],
        "payload": json.dumps(_payload(fields)),
        "personal": json.dumps(fields),
        "file": uuid7() if body is not None else None,
        "object": f"bare/{name}",
        "size": len(body or b""),
    }
    if not hasattr(_thread, "connection"):
        _thread.connection = psycopg.connect(address, autocommit=True)
    _thread.connection.execute(_ROWS, values)
    return reference


def _payload(fields: dict[str, Any]) -> dict[str, object]:
    """The codes of TicketSubmitted (shared.events.contracts), as they came."""
    return {
        "category": fields["category"],
        "locale": "en",
        "platform": fields["platform"],
        "country": None,
        "key_number": 1,
        "missing_evidence": [],
        "cannot_provide": [],
        "attachments": [],
        "details_codes": fields["details"],
        "earlier_tickets": [],
        "submitted_at": datetime.now(UTC).isoformat(),
        "catalog": 1,
    }


def _store() -> Any:
    return boto3.client(
        "s3",
        endpoint_url=os.environ["VIDARE_S3_URL"],
        aws_access_key_id=os.environ["VIDARE_S3_ACCESS_KEY"],
        aws_secret_access_key=os.environ["VIDARE_S3_SECRET_KEY"],
        region_name="us-east-1",
        config=Config(s3={"addressing_style": "path"}, max_pool_connections=32),
    )


def load(_: str) -> Flask:
    """For granian, in its worker."""
    return create_app()


if __name__ == "__main__":
    settings = read(ProcessSettings)
    Granian(
        "bench.harness.bare_intake",
        address="127.0.0.1",
        port=int(sys.argv[1]),
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=settings.web_workers,
        blocking_threads=settings.web_threads,
        backlog=1024,
        log_access=False,
        log_enabled=False,
    ).serve(target_loader=load)
