"""A third language is added by adding files, and nothing else: shown in a copy of the source."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers_of_a_run import ROOT

FILES = {
    "services/intake/web/translations/de.po": """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\nLanguage: de\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "How can we help?"
msgstr "Wie können wir helfen?"
""",
    "services/notify/compose/templates/layout/de.yaml": 'thread: "Ihre Nachricht an {network} ({reference})"\n',
    "services/notify/compose/templates/reply/de.yaml": 'about: "Es geht um Ihre Nachricht {reference}."\n',
    "shared/catalog/data/locales/de.yaml": "account/password.title: Passwort\n",
}

# What a reader of German gets of each part; every other sentence falls back alone.
PROGRAM = """
import json
from services.intake.app import create_app
from services.intake.settings import IntakeSettings
from services.notify.compose.kinds.registry import KINDS
from services.notify.compose.kinds.samples import sample
from services.notify.compose.render import compose
from shared.catalog import load
from shared.settings import read

client = create_app(read(IntakeSettings)).test_client()
page = client.get("/help", headers={"Accept": "text/html", "Accept-Language": "de-AT"}).text
reply = KINDS["reply"]
email = compose(reply, "de", sample(reply, load(), "de", "https://help.example.com"))
print(json.dumps({"page": page, "email": email.html, "lang": email.lang, "text": email.text}))
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in ("services", "shared"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def run(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    nowhere = "postgresql://u@127.0.0.1:1/none"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VIDARE_")}
    environment |= {
        "PYTHONPATH": str(copy),
        "VIDARE_DATABASE_URL": nowhere,
        "VIDARE_REDIS_URL": "redis://127.0.0.1:1/0",
        "VIDARE_SECRET": "a-secret-of-the-tests-alone",
    }
    return subprocess.run(
        [sys.executable, *arguments], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )


def test_its_files_bring_it_to_page_mail_and_catalogue(copy: Path) -> None:
    answer = run(copy, "-c", PROGRAM)
    assert answer.returncode == 0, answer.stderr
    shown = json.loads(answer.stdout)
    assert '<html lang="de">' in shown["page"]
    assert "<h1>Wie können wir helfen?</h1>" in shown["page"]
    assert ">Passwort<" in shown["page"]
    assert 'hreflang="de"' not in shown["page"]
    assert 'hreflang="sv"' in shown["page"]
    assert '<span lang="en">All topics</span>' in shown["page"]
    assert shown["lang"] == "de"
    assert "Es geht um Ihre Nachricht T-" in shown["text"]
    assert '<span lang="en">' in shown["email"]


def test_the_report_counts_it_and_only_warns(copy: Path) -> None:
    answer = run(copy, "-m", "shared.i18n.cli", "report")
    assert answer.returncode == 0, answer.stderr
    assert "\nde\t0 % of" in answer.stdout
    assert "untranslated in de" in answer.stderr


def test_a_string_that_english_lacks_fails_the_report(copy: Path) -> None:
    with (copy / "services/notify/compose/templates/layout/sv.yaml").open("a", encoding="utf-8") as file:
        file.write('new: "Nytt"\n')
    answer = run(copy, "-m", "shared.i18n.cli", "report")
    assert answer.returncode == 1
    assert "error: 1 untranslated in en" in answer.stderr
    assert "layout.new" in answer.stderr


def test_a_word_that_the_glossary_forbids_fails_the_report(copy: Path) -> None:
    po = copy / "services/intake/web/translations/sv.po"
    po.write_text(
        po.read_text(encoding="utf-8").replace('msgstr "Ta bort"', 'msgstr "Ta bort PIN-kod"'), encoding="utf-8"
    )
    answer = run(copy, "-m", "shared.i18n.cli", "report")
    assert answer.returncode == 1
    assert "write “Pin”" in answer.stderr
