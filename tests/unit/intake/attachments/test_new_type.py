"""A type of attachment is added by one entry of the registry: shown with WebP, in a copy of the source."""

import json
from typing import Any

import pytest

from shared.attachment_types import ATTACHMENT_TYPES, AttachmentType
from shared.attachments.check import check_file
from shared.attachments.reencode import reencode
from tests.unit.intake.source_copy import copy_source, insert, run_in

WEBP = """
    AttachmentType(
        "webp",
        "image/webp",
        ("webp",),
        "image",
        "WEBP",
        b64decode("UklGRhoAAABXRUJQVlA4TA4AAAAvAAAAAAcQEf0PRET/Aw=="),
    ),
"""

PROGRAM = """
import json
from base64 import b64decode
from io import BytesIO
from PIL import Image
from services.intake.app import create_app
from shared.attachments.check import check_file
from shared.attachments.decoders import Decoders
from shared.attachments.errors import FileRefused
from services.intake.settings import IntakeSettings
from services.intake.submissions.submission import Upload
from services.intake.submissions.validate import validate_submission
from services.intake.web.i18n import load_languages
from services.intake.web.submission.error_messages import form_messages
from services.triage.rules.document.vocabulary import vocabulary_of
from services.triage.rules.engine.facts import Ticket, facts_of
from shared.attachment_types import BY_MEDIA_TYPE
from shared.catalog import load, missing_evidence
from shared.conditions.fields import field_type
from shared.settings import DEFAULT_TEAMS, read
from datetime import UTC, datetime

kind = BY_MEDIA_TYPE["image/webp"]
client = create_app(read(IntakeSettings)).test_client()
html = {"Accept": "text/html"}
catalog = load()
fields = {"category": "account/login", "email": "a@example.com", "message": "m"}
category = catalog.categories["account/content-removed"]
try:
    check_file("a.png", kind.sample)
except FileRefused as error:
    refused = error.errors
decoders = Decoders()
clean = decoders.reencode(kind.sample, kind.decoder).body
decoders.close()
print(json.dumps({
    "form": client.get("/help/account/login/note", headers=html).text,
    "swedish": client.get("/help/account/login/note?lang=sv", headers=html).text,
    "openapi": client.get("/openapi.json").text,
    "accepted": validate_submission(catalog, fields, [Upload("a.webp", kind.sample)]).file.media_type,
    "refused": refused,
    "messages": {locale: str(form_messages(refused, language)) for locale, language in load_languages().items()},
    "reencoded": Image.open(BytesIO(clean)).format,
    "fact": facts_of(Ticket("ads/other", attachment_types=["image/webp"]), datetime.now(UTC))["attachment.type"],
    "values": sorted(field_type("attachment.type", vocabulary_of(catalog, DEFAULT_TEAMS)).values),
    "missing": {name: missing_evidence(category, {"removed_kind": "pin"}, files) for name, files in
                (("with", ["image/webp"]), ("without", []))},
}))
"""


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Any:
    copy = copy_source(tmp_path_factory.mktemp("source"))
    insert(copy, "shared/attachment_types.py", ")\n\nBY_MEDIA_TYPE", WEBP)
    return json.loads(run_in(copy, PROGRAM))


def test_the_form_accepts_and_names_it_in_both_languages(shown: Any) -> None:
    for page in (shown["form"], shown["swedish"]):
        assert 'accept=".gif,.jpg,.jpeg,.png,.pdf,.webp"' in page
        assert "(gif, jpg, png, pdf, webp)" in page


def test_the_messages_name_it(shown: Any) -> None:
    assert "gif, jpg, jpeg, png, pdf or webp" in shown["refused"]["attachment"][0]
    assert "gif, jpg, png, pdf or webp" in shown["messages"]["en"]
    assert "gif, jpg, png, pdf eller webp" in shown["messages"]["sv"]


def test_the_api_describes_it(shown: Any) -> None:
    assert "At most one gif, jpg, png, pdf or webp below 2 MiB." in shown["openapi"]


def test_it_is_accepted_and_cleaned(shown: Any) -> None:
    assert shown["accepted"] == "image/webp"
    assert shown["reencoded"] == "WEBP"


def test_rules_know_it_and_it_fills_evidence(shown: Any) -> None:
    assert shown["fact"] == ["webp"]
    assert shown["values"] == ["gif", "jpeg", "pdf", "png", "webp"]
    assert shown["missing"] == {"with": [], "without": ["removed_link", "screenshot"]}


@pytest.mark.parametrize("kind", ATTACHMENT_TYPES, ids=lambda kind: kind.name)
def test_each_sample_is_accepted_under_each_extension(kind: AttachmentType) -> None:
    for extension in kind.extensions:
        assert check_file(f"a.{extension}", kind.sample).media_type == kind.media_type
    if kind.decoder is not None:
        assert reencode(kind.sample, kind.decoder).body
