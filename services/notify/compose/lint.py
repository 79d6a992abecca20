"""Problems of the templates, found before an e-mail is composed: missing and unused placeholders, strings, translations. Pure."""

from collections.abc import Iterator
from pathlib import Path
from string import Formatter

from jinja2 import nodes
from jinja2.meta import find_undeclared_variables

from services.notify.compose.kinds.email_kind import EmailKind
from services.notify.compose.kinds.registry import KINDS
from services.notify.compose.kinds.samples import samples
from services.notify.compose.render import PARTS, ComposeError, compose, environment
from services.notify.compose.strings import FALLBACK, LANGUAGES, LAYOUT, TEMPLATES, read_strings
from shared.catalog import Catalog

# What compose gives every template.
_GIVEN = {"t", "localised", "audience", "lang", "subject", "files"}
_INTAKE = "https://help.example.com"

Strings = dict[str, dict[str, str]]


def lint_templates(catalog: Catalog, templates: Path = TEMPLATES) -> list[str]:
    """Every problem, as `file: what`; empty when each kind can be composed in each language.

    `templates` stands in for the folder of our own kinds; a kind with a folder of its own keeps that.
    """
    layout = {lang: read_strings(LAYOUT, lang, templates) for lang in LANGUAGES}
    found, used = list(_untranslated(LAYOUT, layout)), set[str]()
    for kind in KINDS.values():
        folder = templates if kind.templates == TEMPLATES else kind.templates
        own = {lang: read_strings(kind.name, lang, folder) for lang in LANGUAGES}
        strings = {lang: {**layout[lang], **own[lang]} for lang in LANGUAGES}
        keys = set[str]()
        found += _untranslated(kind.name, own)
        found += _wrong_parts(kind, (folder, templates), strings, _facts(kind, catalog), keys)
        found += (f"{kind.name}: no template uses {key}" for key in sorted(own[FALLBACK].keys() - keys))
        used |= keys
    found += (f"{LAYOUT}: no template uses {key}" for key in sorted(layout[FALLBACK].keys() - used))
    return list(dict.fromkeys(found)) or list(_failing_samples(catalog, templates))


def _wrong_parts(
    kind: EmailKind, folders: tuple[Path, ...], strings: Strings, facts: set[str], used: set[str]
) -> Iterator[str]:
    """Problems of the kind's templates; the keys of the strings that they use are added to `used`."""
    for part in PARTS:
        name = f"{kind.name}/{part}"
        trees = list(_trees(folders, name))
        yield from (f"{name}: no event gives {unknown}" for unknown in sorted(_names(trees) - facts))
        for tree in trees:
            yield from _wrong_calls(name, tree, strings, used)


def _untranslated(folder: str, strings: Strings) -> Iterator[str]:
    """Strings that one language has and another lacks, or whose placeholders differ."""
    english = strings[FALLBACK]
    for lang in LANGUAGES:
        own = strings[lang]
        yield from (f"{folder}/{lang}: {key} is missing" for key in sorted(english.keys() - own.keys()))
        yield from (f"{folder}/{lang}: {key} is not in English" for key in sorted(own.keys() - english.keys()))
        for key in sorted(english.keys() & own.keys()):
            if _placeholders(own[key]) != _placeholders(english[key]):
                yield f"{folder}/{lang}: {key} has other placeholders than in English, or broken ones"


def _trees(folders: tuple[Path, ...], name: str) -> Iterator[nodes.Template]:
    """A template, and all that it extends or imports from."""
    path = next((folder / name for folder in folders if (folder / name).is_file()), folders[0] / name)
    tree = environment().parse(path.read_text(encoding="utf-8"))
    yield tree
    others = [node.template for node in tree.find_all(nodes.Extends)]
    others += [node.template for node in tree.find_all(nodes.FromImport)]
    for other in others:
        if isinstance(other, nodes.Const):
            yield from _trees(folders, str(other.value))


def _names(trees: list[nodes.Template]) -> set[str]:
    """The names that the templates expect to be given; a macro comes from the file that it is imported from."""
    macros = {macro.name for tree in trees for macro in tree.find_all(nodes.Macro)}
    return {name for tree in trees for name in find_undeclared_variables(tree)} - macros


def _facts(kind: EmailKind, catalog: Catalog) -> set[str]:
    """The names given in every case of the kind, whichever branch its template takes."""
    return _GIVEN | set.intersection(*(set(facts) for facts in samples(kind, catalog, FALLBACK, _INTAKE)))


def _wrong_calls(name: str, tree: nodes.Template, strings: Strings, used: set[str]) -> Iterator[str]:
    """Problems of the calls of `t`; the keys that they may name are added to `used`."""
    for call in tree.find_all(nodes.Call):
        if not isinstance(call.node, nodes.Name) or call.node.name != "t":
            continue
        given = {argument.key for argument in call.kwargs}
        keys = _keys(call.args[0], strings[FALLBACK])
        used |= keys
        if not keys:
            yield f"{name}: line {call.lineno} asks for a string that does not exist"
        for key in sorted(keys):
            if key not in strings[FALLBACK]:
                yield f"{name}: there is no string {key}"
            for lang in LANGUAGES:
                missing = _placeholders(strings[lang].get(key, "")) - given
                yield from (f"{name}: {key} in {lang} is not given {unknown}" for unknown in sorted(missing))


def _keys(asked: nodes.Expr, strings: dict[str, str]) -> set[str]:
    """The keys that an expression may evaluate to."""
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
    """The names in braces; a broken brace counts as a name that no template gives."""
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError as error:
        return {f"({error})"}


def _failing_samples(catalog: Catalog, templates: Path) -> Iterator[str]:
    """Samples that cannot be composed for a reason that reading the templates does not show."""
    if templates != TEMPLATES:
        return
    for kind in KINDS.values():
        for lang in LANGUAGES:
            for facts in samples(kind, catalog, lang, _INTAKE):
                try:
                    compose(kind, lang, facts)
                except ComposeError as error:
                    yield str(error)
