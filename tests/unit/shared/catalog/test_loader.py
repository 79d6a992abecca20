"""Reading a folder: another company's, a third language, renamed paths, and folders that are broken."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.catalog import Catalog, CatalogError, all_strings, check, detail_errors, help_html, load
from shared.catalog.loader import OWN_FOLDER
from tests.unit.shared.catalog.conftest import CATALOG, THINGS

Write = Callable[..., Path]
Make = Callable[[str], Catalog]
FIELD = "name: a, type: text, label: {en: a}"
SLOT = "id: a, label: {en: a}, accepts: [link], requirement: required"
WITH_RETIRED = """\
  - {path: things/gone, title: {en: Gone, sv: Borta}, retired: true}
  - {path: things/old, forwards_to: things/older}
  - {path: things/older, forwards_to: things/broken}
"""


def test_another_company_brings_its_own_folder(write: Write) -> None:
    catalog = load(write())

    assert (catalog.number, catalog.network, catalog.sender_domain) == (7, "Snapr", "snapr.example")
    assert list(catalog.categories) == ["things/broken", "things/other"]
    assert catalog.segments["things"]["sv"] == "Saker"
    assert check(catalog) == []


def test_a_folder_without_them_has_our_messages_and_shorteners(write: Write) -> None:
    catalog = load(write())

    assert "bit.ly" in catalog.detail_rules.shorteners
    assert "Fyll i" in catalog.detail_rules.messages["required"]["sv"]


def test_a_folder_may_bring_its_own_messages_and_shorteners(write: Write) -> None:
    messages = 'unknown_name: {en: "No such thing at {network}."}'
    catalog = load(write(messages=messages, shorteners="- sho.rt\n"))

    assert catalog.detail_rules.shorteners == {"sho.rt"}
    assert detail_errors(catalog.categories["things/other"], {"x": ""}, "en") == {
        "details.x": ["No such thing at Snapr."]
    }
    assert "required" in catalog.detail_rules.messages


def test_a_third_language_is_added_by_adding_a_file(write: Write) -> None:
    before = len(list(all_strings(load(write()))))
    catalog = load(
        write(**{"locales/de": "things/broken.title: Kaputt\nthings/broken.help.1: Es ist kaputt, {network}.\n"})
    )

    broken = catalog.categories["things/broken"]
    assert catalog.locales == ("en", "sv", "de")
    assert broken.title.in_locale("de-AT") == ("Kaputt", "de")
    assert help_html(broken, "de") == "<p>Es ist kaputt, Snapr.</p>"
    assert catalog.categories["things/other"].title.in_locale("de") == ("Other", "en")
    assert len([problem for problem in check(catalog) if problem.text == "not translated: de"]) == before - 2


def test_every_string_can_be_translated_by_its_address(write: Write, catalog: Catalog) -> None:
    files = {path.stem: path.read_text(encoding="utf-8") for path in OWN_FOLDER.glob("*.yaml")}
    addresses = [address for address, _ in all_strings(catalog)]
    overlay = "".join(f'"{address}": "¡{number}!"\n' for number, address in enumerate(addresses))
    translated = load(write(**files, **{"locales/es": overlay}))

    assert len(addresses) == len(set(addresses)) > 300
    assert [text["es"] for _, text in all_strings(translated)] == [f"¡{n}!" for n in range(len(addresses))]
    assert check(translated) == []


def test_a_retired_path_stays_known_and_is_not_listed(write: Write) -> None:
    catalog = load(write(things=THINGS + WITH_RETIRED))

    gone = catalog.resolve("things/gone")
    assert gone is not None
    assert gone.retired
    assert [category.path for category in catalog.listed()] == ["things/broken", "things/other"]
    assert catalog.in_segment("things") == catalog.listed()


def test_a_renamed_path_leads_to_its_new_name(write: Write) -> None:
    catalog = load(write(things=THINGS + WITH_RETIRED))

    renamed = catalog.resolve("things/old")
    assert renamed is not None
    assert renamed.path == "things/broken"
    assert catalog.categories["things/older"].title["en"] == "Broken"
    assert catalog.categories["things/old"].title["en"] == "Broken"
    assert catalog.resolve("things/never") is None
    assert check(catalog) == []


def test_synonyms_are_read_by_language(with_category: Make) -> None:
    catalog = with_category("synonyms: {en: [Does  not work, no], sv: [fungerar inte]}")

    assert catalog.categories["things/broken"].synonyms == {"en": ("Does not work", "no"), "sv": ("fungerar inte",)}
    assert catalog.categories["things/other"].synonyms == {}
    assert check(catalog) == []


def test_synonyms_are_no_texts_of_the_glossary_or_for_translators(with_category: Make) -> None:
    catalog = with_category("synonyms: {sv: [anslagstavla, pin-kod]}")

    assert all("synonyms" not in address for address, _ in all_strings(catalog))


def test_a_circle_of_names_leads_nowhere(write: Write) -> None:
    circle = "  - {path: things/a, forwards_to: things/b}\n  - {path: things/b, forwards_to: things/a}\n"

    assert load(write(things=THINGS + circle)).resolve("things/a") is None


@pytest.mark.parametrize(
    ("keys", "error"),
    [
        pytest.param("hlep: []", "things.yaml:5: “hlep” is not known here", id="an unknown key"),
        pytest.param("help: {en: x}", "things.yaml:5: this must be a list", id="a mapping for a list"),
        pytest.param("help: [x]", "things.yaml:5: this must be a mapping", id="a value for a mapping"),
        pytest.param("help: [{paragraph: [x]}]", "this must be a mapping", id="a list for a string"),
        pytest.param("help: [{paragraph: {en: [x]}}]", "this must be a single value", id="a list for a value"),
        pytest.param("help: [{}]", "a block of help is one of: paragraph", id="an empty block"),
        pytest.param("help: [{paragraph: {}}]", "the string is given in no language", id="a string without languages"),
        pytest.param("help: [{paragraph: {se: x, en: y}}]", "“se” is not known here", id="a language not declared"),
        pytest.param("help: []\nhelp: []", "things.yaml:6: “help” is given twice", id="a key twice"),
        pytest.param("synonyms: [gone]", "things.yaml:5: this must be a mapping", id="synonyms without a language"),
        pytest.param("synonyms: {se: [x]}", "“se” is not known here", id="synonyms in a language not declared"),
        pytest.param("synonyms: {en: gone}", "this must be a list", id="a synonym for a list"),
        pytest.param("synonyms: {en: [{a: b}]}", "this must be a single value", id="a mapping for a synonym"),
        pytest.param("synonyms: {en: ['?!']}", "a synonym needs a word", id="a synonym without a word"),
        pytest.param(f"synonyms: {{en: [{'x' * 61}]}}", "at most 60 characters", id="too long a synonym"),
        pytest.param("synonyms: {en: [gone, Gone]}", "“Gone” is given twice", id="a synonym twice"),
        pytest.param("retired: perhaps", "“perhaps” is not one of: false, true", id="no flag"),
        pytest.param("fields: [{name: a}]", "“label” is missing", id="a field without label"),
        pytest.param("fields: [{name: A-b, type: text, label: {en: a}}]", "“A-b” is not a name", id="a bad name"),
        pytest.param("fields: [{name: a, type: colour, label: {en: a}}]", "“colour” is not one of", id="no such type"),
        pytest.param("fields: [{name: a, type: choice, label: {en: a}}]", "a field has options if", id="no options"),
        pytest.param(
            f"fields: [{{{FIELD}, options: {{b: {{en: b}}}}}}]", "a field has options if", id="options of a text"
        ),
        pytest.param(f"evidence: [{{{SLOT}, group: g}}]", "evidence has a group if", id="a group nobody asked for"),
        pytest.param(
            "evidence: [{id: a, label: {en: a}, accepts: [any], requirement: any_of}]",
            "“any” is not one of: image, link, pdf, text",
            id="a slot that accepts what there is not",
        ),
        pytest.param(
            f"evidence: [{{{SLOT}, when: {{field: details.nothing, is: x}}}}]",
            "when.field:",
            id="an unknown field in when",
        ),
        pytest.param(
            f"evidence: [{{{SLOT}, when: {{field: message, is: x}}}}]", "when.field:", id="when over a message"
        ),
        pytest.param(
            "fields: [{name: k, type: choice, label: {en: k}, options: {x: {en: x}}}]\n"
            f"evidence: [{{{SLOT}, when: {{field: details.k, is: z}}}}]",
            "when.is:",
            id="when over a choice there is not",
        ),
    ],
)
def test_an_error_is_named_with_file_and_line(with_category: Make, keys: str, error: str) -> None:
    with pytest.raises(CatalogError) as caught:
        with_category(keys)

    assert any(error in str(found) for found in caught.value.errors)
    assert {found.path for found in caught.value.errors} == {"things.yaml"}
    assert all(found.line for found in caught.value.errors)


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        pytest.param("catalog", "", "catalog.yaml: the file is empty", id="an empty file"),
        pytest.param("catalog", "a: [\n", "catalog.yaml:2: not YAML", id="broken YAML"),
        pytest.param("catalog", "- a", "catalog.yaml:1: this must be a mapping", id="a list at the top"),
        pytest.param("catalog", "number: 1", "“network” is missing", id="settings that are missing"),
        pytest.param("catalog", CATALOG.replace("7", "no"), "“no” is not a whole number", id="no number"),
        pytest.param(
            "catalog", CATALOG.replace("/rules", "javascript:x"), "“javascript:x” is neither", id="a script link"
        ),
        pytest.param("catalog", CATALOG.replace("/rules", "//evil.example"), "is neither", id="a link without scheme"),
        pytest.param("catalog", CATALOG.replace("things", "stuff"), "stuff.yaml: there is no such file", id="no file"),
        pytest.param(
            "catalog", CATALOG + "glossary: {sv: {'(': x}}", "is not a regular expression", id="a bad pattern"
        ),
        pytest.param("things", THINGS.replace("things/broken", "broken"), "“broken” is not a path", id="no path"),
        pytest.param(
            "things", THINGS.replace("things/broken", "x/broken"), "does not belong in the file", id="another's"
        ),
        pytest.param("things", THINGS.replace("/broken", "/other"), "“things/other” is given twice", id="a path twice"),
        pytest.param("reasons", "ads: {a: {title: {en: a}}}", "reasons.yaml:1: “mend” is missing", id="half a reason"),
        pytest.param("reasons", "other: {}", "“other” is not known here", id="an unknown group of reasons"),
        pytest.param(
            "locales/de", "things.titel: x", "locales/de.yaml: there is no string “things.titel”", id="no string"
        ),
    ],
)
def test_a_broken_file_is_a_clear_error(write: Write, name: str, content: str, error: str) -> None:
    with pytest.raises(CatalogError) as caught:
        load(write(**{name: content}))

    assert any(error in str(found) for found in caught.value.errors)
    assert error in str(caught.value)


def test_all_errors_are_named_at_once(with_category: Make) -> None:
    with pytest.raises(CatalogError) as caught:
        with_category("hlep: []\nretired: perhaps")

    assert [(error.path, error.line) for error in caught.value.errors] == [("things.yaml", 5), ("things.yaml", 6)]


def test_a_folder_that_does_not_exist_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"catalog\.yaml: there is no such file"):
        load(tmp_path / "nowhere")


def test_bytes_that_are_no_utf8_are_a_clear_error(write: Write) -> None:
    folder = write()
    (folder / "things.yaml").write_bytes(b"title: \xff")

    with pytest.raises(CatalogError, match=r"things\.yaml: "):
        load(folder)
