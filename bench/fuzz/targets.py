"""The fuzzed functions, with initial inputs. A target raises only what hostile input must never cause."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from services.intake.inbound_mail.mail import Mail
from services.intake.inbound_mail.reading.read_mail import read_mail
from services.notify.inbound.classify_mail import Arrival, classify_mail
from services.triage.rules.document import seed
from services.triage.rules.document.strict_json import read_json
from services.triage.rules.document.text import read_text
from services.triage.rules.document.vocabulary import vocabulary_of
from services.triage.rules.lint.lint import lint_text
from shared.attachment_types import EXTENSIONS
from shared.attachments.active_content import active_content
from shared.attachments.check import check_file
from shared.attachments.errors import FileRefused
from shared.catalog import load
from shared.settings import DEFAULT_TEAMS
from tests.samples import files, mails

_VOCABULARY = vocabulary_of(load(), DEFAULT_TEAMS)


@dataclass(frozen=True)
class Target:
    """A fuzzed function and its initial inputs."""

    take: Callable[[bytes], None]
    begin: Sequence[bytes]


def _upload(body: bytes) -> None:
    for kind in EXTENSIONS:
        with suppress(*FileRefused):
            check_file(f"a.{kind}", body)
    active_content(body)


def _mail(content: bytes) -> None:
    mail = read_mail(content)
    if isinstance(mail, Mail):
        mail.fingerprint()
        for text in (mail.message, mail.quoted, mail.subject or "", *(file.name for file in mail.files)):
            text.encode("utf-8")
    classify_mail(Arrival("a@example.com", "help@example.org", content), "a secret of the fuzzer alone", "example.org")


def _rules(body: bytes) -> None:
    read_json(body)
    text = body.decode("utf-8", "surrogateescape")
    read_text(text)
    lint_text(text, _VOCABULARY)


TARGETS = {
    "upload": Target(
        _upload,
        [
            files.png(),
            files.animated_png(),
            files.gif(),
            files.animated_gif(),
            files.jpeg_with_location(),
            files.pdf_with_script(),
        ],
    ),
    "mail": Target(
        _mail,
        [mails.plain(), mails.nested(), mails.gmail_html(), mails.outlook_html(), mails.encoded_name(), mails.report()],
    ),
    "rules": Target(
        _rules,
        [Path(seed.__file__).with_name("seed.yaml").read_bytes(), b'{"language": 1, "rules": []}'],
    ),
}
