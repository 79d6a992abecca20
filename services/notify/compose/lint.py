"""What is wrong with the letters before any is written: missing placeholders, strings and translations, and dead ones. Pure."""

from collections.abc import Iterator
from pathlib import Path
from string import Formatter

from jinja2 import nodes
from jinja2.meta import find_undeclared_variables

from services.notify.compose.render import KINDS, PARTS, ComposeError, compose, environment
from services.notify.compose.samples import specimens
from services.notify.compose.strings import FALLBACK, LANGUAGES, LETTER, TEMPLATES, read_strings
from shared.catalog import Catalog

# What compose gives every template.
_GIVEN = {"t", "said", "audience", "lang", "subject"}

Strings = dict[str, dict[str, str]]


def lint_letters(catalog: Catalog, templates: Path = TEMPLATES) -> list[str]:
    """Every fault, as `place: what`; an empty list when each kind can be written in each language."""
    shared = {lang: read_strings(LETTER, lang, templates) for lang in LANGUAGES}
    found, used = list(_untranslated(LETTER, shared)), set[str]()
    for kind in KINDS:
        own = {lang: read_strings(kind, lang, templates) for lang in LANGUAGES}
        found += _untranslated(kind, own)
        said = {lang: {**shared[lang], **own[lang]} for lang in LANGUAGES}
        keys = set[str]()
        for part in PARTS:
            trees = list(_trees(templates, f"{kind}/{part}"))
            found += (f"{kind}/{part}: no event gives {name}" for name in sorted(_names(trees) - _facts(kind, catalog)))
            for tree in trees:
                found += _calls(f"{kind}/{part}", tree, said, keys)
        found += (f"{kind}: nothing says {key}" for key in sorted(own[FALLBACK].keys() - keys))
        used |= keys
    found += (f"{LETTER}: nothing says {key}" for key in sorted(shared[FALLBACK].keys() - used))
    return list(dict.fromkeys(found)) or list(_unwritable(catalog, templates))


def _untranslated(folder: str, strings: Strings) -> Iterator[str]:
    """Strings that one language has and another lacks, or whose placeholders differ."""
    english = strings[FALLBACK]
    for lang in LANGUAGES:
        yield from (f"{folder}/{lang}: {key} is missing" for key in sorted(english.keys() - strings[lang].keys()))
        yield from (
            f"{folder}/{lang}: {key} is not in English" for key in sorted(strings[lang].keys() - english.keys())
        )
        for key in sorted(english.keys() & strings[lang].keys()):
            if _placeholders(strings[lang][key]) != _placeholders(english[key]):
                yield f"{folder}/{lang}: {key} has other placeholders than in English, or broken ones"


def _trees(templates: Path, name: str) -> Iterator[nodes.Template]:
    """A template and all that it extends or imports from."""
    tree = environment().parse((templates / name).read_text(encoding="utf-8"))
    yield tree
    others = [node.template for node in tree.find_all(nodes.Extends)]
    others += [node.template for node in tree.find_all(nodes.FromImport)]
    for other in others:
        if isinstance(other, nodes.Const):
            yield from _trees(templates, str(other.value))


def _names(trees: list[nodes.Template]) -> set[str]:
    """What the templates take from outside; a macro comes from the file that it is imported from."""
    macros = {macro.name for tree in trees for macro in tree.find_all(nodes.Macro)}
    return {name for tree in trees for name in find_undeclared_variables(tree)} - macros


def _facts(kind: str, catalog: Catalog) -> set[str]:
    """What every case of the kind is told, whichever branch its template takes."""
    return _GIVEN | set.intersection(*(set(facts) for facts in specimens(kind, catalog, FALLBACK, "https://x.example")))


def _calls(place: str, tree: nodes.Template, said: Strings, used: set[str]) -> Iterator[str]:
    """Faults of the calls of `t`; the keys that they can name are added to `used`."""
    for call in tree.find_all(nodes.Call):
        if not isinstance(call.node, nodes.Name) or call.node.name != "t":
            continue
        given = {argument.key for argument in call.kwargs}
        keys = _keys(call.args[0], said[FALLBACK])
        used |= keys
        if not keys:
            yield f"{place}: line {call.lineno} asks for no string that there is"
        for key in sorted(keys):
            if key not in said[FALLBACK]:
                yield f"{place}: there is no string {key}"
            for lang in LANGUAGES:
                missing = _placeholders(said[lang].get(key, "")) - given
                yield from (f"{place}: {key} in {lang} is not given {name}" for name in sorted(missing))


def _keys(asked: nodes.Expr, strings: dict[str, str]) -> set[str]:
    """The keys that an expression can come to."""
    match asked:
        case nodes.Const():
            return {str(asked.value)}
        case nodes.CondExpr():
            return _keys(asked.expr1, strings) | (_keys(asked.expr2, strings) if asked.expr2 else set())
        case nodes.Concat(nodes=[nodes.Const(value=start), *_]):
            return {key for key in strings if key.startswith(str(start))}
        case _:
            return set()


def _placeholders(text: str) -> set[str]:
    """The names in braces; a broken brace is one that nobody gives."""
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError as error:
        return {f"({error})"}


def _unwritable(catalog: Catalog, templates: Path) -> Iterator[str]:
    """Cases that cannot be written for a reason that no reading of the templates shows."""
    if templates != TEMPLATES:
        return
    for kind in KINDS:
        for lang in LANGUAGES:
            for facts in specimens(kind, catalog, lang, "https://x.example"):
                try:
                    compose(kind, lang, facts)
                except ComposeError as error:
                    yield str(error)
