"""The templates have no problem, and each sort of problem is found before an e-mail is composed. `make lint` runs this too."""

import shutil
from pathlib import Path

import pytest

from services.notify.compose.lint import lint_templates
from services.notify.compose.strings import TEMPLATES
from shared.catalog import load

CATALOG = load()


def test_the_templates_have_no_problem() -> None:
    assert lint_templates(CATALOG) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("reply/body.txt", "{{ message }}", "{{ mesage }}", "reply/body.txt: no event gives mesage"),
        ("reply/body.html", 't("about", reference=reference)', 't("about")', "about in en is not given reference"),
        ("reply/sv.yaml", "Det gäller ditt meddelande {reference}.", "{who}", "reply/sv: about has other placeholders"),
        ("reply/sv.yaml", "meddelande {reference}.", "meddelande {reference.", "about has other placeholders"),
        ("layout/sv.yaml", 'signed: "Teamet på {network}"\n', "", "layout/sv: signed is missing"),
        ("reply/en.yaml", 'heading: "', 'title: "', "reply/body.txt: there is no string heading"),
        ("layout/en.yaml", "thread:", 'dead: "x"\nthread:', "layout: no template uses dead"),
        ("layout/layout.html", "{{ subject }}", "{{ titel }}", "reply/body.html: no event gives titel"),
        ("layout/parts.txt", 't("answer")', 't("ansver")', "there is no string ansver"),
        ("disapproval/body.txt", "{% if item %}", "{% if never %}{{ nothing }}{% endif %}{% if item %}", "gives nothing"),
        ("resolution/body.txt", '"outcome_" ~ outcome', '"result_" ~ outcome', "asks for a string that does not exist"),
    ],
)  # fmt: skip
def test_each_problem_is_named(tmp_path: Path, file: str, old: str, new: str, problem: str) -> None:
    templates = shutil.copytree(TEMPLATES, tmp_path / "templates")
    assert lint_templates(CATALOG, templates) == []
    text = (templates / file).read_text(encoding="utf-8")
    assert old in text
    (templates / file).write_text(text.replace(old, new), encoding="utf-8")
    assert [one for one in lint_templates(CATALOG, templates) if problem in one]
