"""What is untranslated, and what breaks the glossary."""

from click.testing import CliRunner

from shared.catalog.model import GlossaryRule
from shared.i18n.cli import i18n
from shared.i18n.report import breaches, languages
from shared.i18n.sentence import Sentence

SENTENCES = [
    Sentence("form", "a", {"en": "Your Pin", "sv": "Din pin-kod"}),
    Sentence("form", "b", {"en": "Your board"}),
    Sentence("mails", "c", {"en": "Hello", "sv": "Hej", "de": "Hallo"}),
]
RULE = GlossaryRule("sv", r"pin-?kod\w*", "Pin")


def test_each_language_knows_what_it_lacks() -> None:
    found = {one.locale: (one.percent, [gap.address for gap in one.untranslated]) for one in languages(SENTENCES)}
    assert found == {"en": (100, []), "sv": (66, ["b"]), "de": (33, ["a", "b"])}


def test_an_empty_text_is_no_translation_and_99_percent_is_never_100() -> None:
    many = [Sentence("form", str(number), {"en": "x"}) for number in range(999)]
    [english] = languages([*many, Sentence("form", "empty", {"en": " "})])
    assert english.percent == 99


def test_the_glossary_holds_for_every_part() -> None:
    [breach] = breaches(SENTENCES, [RULE])
    assert (breach.sentence.address, breach.found) == ("a", "pin-kod")


def test_ours_is_whole_in_both_languages_and_keeps_to_the_glossary() -> None:
    answer = CliRunner().invoke(i18n, ["report"])
    assert answer.exit_code == 0, answer.output
    assert "en\t100 %" in answer.output
    assert "sv\t100 %" in answer.output
    for part in ("catalogue", "form", "mails"):
        assert part in answer.output
