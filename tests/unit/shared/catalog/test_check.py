"""The findings in a catalogue that can be read."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.catalog import Catalog, Problem, check, load, problems
from shared.catalog.loader import OWN_FOLDER
from tests.unit.shared.catalog.conftest import CATALOG, THINGS

Write = Callable[..., Path]
Make = Callable[[str], Catalog]
SLOT = "id: {0}, label: {{en: a, sv: a}}, accepts: [link], requirement: required"
GLOSSARY = "glossary: {sv: {'pin-?kod': Pin}}\n"


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        pytest.param(
            "help: [{note: {en: x}}]",
            Problem("warning", "things/broken.help.1 (things.yaml:5)", "not translated: sv"),
            id="Swedish that is missing",
        ),
        pytest.param(
            "help: [{note: {en: ' ', sv: x}}]",
            Problem("error", "things/broken.help.1 (things.yaml:5)", "the English text is missing"),
            id="English that is blank",
        ),
        pytest.param(
            'help: [{note: {en: x, sv: "{colour}"}}]',
            Problem("error", "things/broken.help.1 (things.yaml:5)", "“{colour}” is used, but “colour” is not set"),
            id="a word that is not set",
        ),
        pytest.param(
            'help: [{steps: [{en: "[a](links.none)", sv: x}]}]',
            Problem("error", "things/broken.help.1.1 (things.yaml:5)", "“links.none” is linked to, but not set"),
            id="a link that is not set",
        ),
        pytest.param(
            'help: [{note: {en: "[a](help:things/none)", sv: x}}]',
            Problem("error", "things/broken.help.1 (things.yaml:5)", "“help:things/none” is linked to, but not set"),
            id="a link to no path",
        ),
        pytest.param(
            'help: [{note: {en: "[a](links.rules and more)", sv: x}}]',
            Problem(
                "error",
                "things/broken.help.1 (things.yaml:5)",
                "this looks like a link but is not one: write [text](links.key)",
            ),
            id="a link written wrongly",
        ),
        pytest.param(
            'fields: [{name: a, type: text, label: {en: "[a](links.rules)", sv: a}}]',
            Problem("error", "things/broken.fields.a.label (things.yaml:5)", "only help texts can hold links"),
            id="a link in a label",
        ),
        pytest.param(
            f"evidence: [{{{SLOT.format('a')}}}, {{{SLOT.format('a')}}}]",
            Problem("error", "things/broken", "two slots of evidence have the id “a”"),
            id="evidence twice",
        ),
        pytest.param(
            f"fields: [{{name: a, type: text, label: {{en: a, sv: a}}}}]\nevidence: [{{{SLOT.format('a')}}}]",
            Problem("error", "things/broken", "“a” is both a field and evidence"),
            id="a field named as evidence",
        ),
        pytest.param(
            "fields: [&f {name: a, type: text, label: {en: a, sv: a}}, *f]",
            Problem("error", "things/broken", "two fields have the name “a”"),
            id="a field twice",
        ),
    ],
)
def test_a_finding_in_a_path(with_category: Make, keys: str, problem: Problem) -> None:
    assert problem in check(with_category(keys))


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        pytest.param(
            "  - {path: things/old, forwards_to: things/none}\n",
            Problem("error", "things/old", "forwards to “things/none”, which does not exist"),
            id="nowhere",
        ),
        pytest.param(
            "  - {path: things/a, forwards_to: things/b}\n  - {path: things/b, forwards_to: things/a}\n",
            Problem("error", "things/a", "forwards to “things/b” in a circle, or to a path without a target"),
            id="in a circle",
        ),
        pytest.param(
            "  - {path: things/late, title: {en: Late, sv: Sen}}\n",
            Problem("error", "things", "“things/other” must be there, as the last of its list"),
            id="behind the last",
        ),
    ],
)
def test_a_path_that_leads(write: Write, more: str, problem: Problem) -> None:
    assert check(load(write(things=THINGS + more)))[0] == problem


@pytest.mark.parametrize("said", ["en PIN-kod", "en pinkod"])
def test_a_word_against_the_glossary(write: Write, said: str) -> None:
    catalog = load(write(catalog=CATALOG + GLOSSARY, things=THINGS.replace("Den är trasig.", f"Det är {said}.")))

    assert [problem.where for problem in check(catalog)] == ["things/broken.help.1 (things.yaml:6)"]


@pytest.mark.parametrize(
    "said", ["Välj en PIN-kod", "En ny nål", "Min anslagstavla", "Tavlan är borta", "Återpinna den"]
)
def test_our_glossary_keeps_pin_board_and_repin_as_they_are(catalog: Catalog, write: Write, said: str) -> None:
    files = {path.stem: path.read_text(encoding="utf-8") for path in OWN_FOLDER.glob("*.yaml")}
    billing = files["billing"].replace("Jag behöver ett kvitto", said)
    found = check(load(write(**{**files, "billing": billing})))

    assert [(problem.severity, "is not our word" in problem.text) for problem in found] == [("error", True)]


def test_a_username_help_that_does_not_exist(write: Write) -> None:
    catalog = load(write(catalog=CATALOG + "username_help: things/none\n"))

    assert problems(catalog) == ["error: username_help: “things/none” does not exist"]


def test_errors_come_before_warnings(with_category: Make) -> None:
    found = check(with_category('help: [{note: {en: x}}, {note: {en: "{colour}"}}]'))

    assert [problem.severity for problem in found] == ["error", "warning", "warning"]
