"""What the documents name exists: links, commands, make targets, paths, modules and settings."""

import re
import shlex
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

from shared.cli import vidare
from tests.architecture.test_tree import ROOT

PAGES = {str(page.relative_to(ROOT)): page for page in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])}
# The changelog names what there was.
CURRENT = [name for name in PAGES if name != "CHANGELOG.md"]
SETTINGS = set(re.findall(r"VIDARE_\w+", PAGES["docs/operate/settings.md"].read_text(encoding="utf-8")))

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"(?:services|shared|local|bench|tests|docs|deploy|\.ci)/[\w./{},<>*-]*")
_MODULE = re.compile(r"(?<![\w./-])(?:services|shared|local|bench|tests)(?:\.\w+)+")
# The end of a command in a block: another command, a comment, or words left out.
_ENDS = {"||", "&&", "|", ";", "…"}


def links() -> Iterator[tuple[Path, str]]:
    """Every link within the repository, with its page."""
    for page in PAGES.values():
        for target in _LINK.findall(page.read_text(encoding="utf-8")):
            if "://" not in target and not target.startswith(("#", "mailto:")):
                yield page, unquote(target.partition("#")[0])


def code(name: str) -> list[str]:
    """The lines of a page's code blocks and its code spans."""
    text = PAGES[name].read_text(encoding="utf-8")
    lines = [line.strip() for block in _BLOCK.findall(text) for line in block.splitlines()]
    return lines + _SPAN.findall(_BLOCK.sub("", text))


def commands(program: str, name: str) -> Iterator[list[str]]:
    """The words behind `program` wherever a page's code begins with it."""
    for line in code(name):
        if line.startswith(f"{program} "):
            yield list(takewhile(lambda word: word not in _ENDS, shlex.split(line, comments=True)[1:]))


def problem_of(words: list[str]) -> str:
    """What is wrong with a command line of `vidare`; empty if nothing is."""
    command: click.Command = vidare
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        found = command.get_command(click.Context(command), rest[0])
        if found is None:
            return f"no command {rest[0]}"
        command = found
        rest.pop(0)
    options = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    unknown = [word for word in rest if word.startswith("--") and word.partition("=")[0] not in options]
    return f"no option {unknown[0]}" if unknown else ""


def alternatives(path: str) -> list[str]:
    """A path with `{one,two}` in it, once for each; `<name>` stands for any name."""
    path = re.sub(r"<\w+>", "*", path).rstrip("./,")
    found = re.search(r"\{(.+?)\}", path)
    return [path.replace(found[0], one) for one in found[1].split(",")] if found else [path]


def exists(module: str) -> bool:
    """Whether it is a module, or a name that a module defines."""
    parts = module.split(".")
    for length in range(len(parts), 1, -1):
        base = ROOT.joinpath(*parts[:length])
        file = base.with_suffix(".py") if not base.is_dir() else base / "__init__.py"
        if base.is_dir() or file.is_file():
            return length == len(parts) or (file.is_file() and parts[length] in file.read_text(encoding="utf-8"))
    return False


def test_every_link_leads_somewhere() -> None:
    found = list(links())
    assert len(found) > 20
    assert [
        f"{page.relative_to(ROOT)}: {target}" for page, target in found if not (page.parent / target).exists()
    ] == []


def test_every_document_is_linked_from_another() -> None:
    reached = {(page.parent / target).resolve() for page, target in links()}
    assert [name for name, page in PAGES.items() if name.startswith("docs/") and page.resolve() not in reached] == []


@pytest.mark.parametrize("name", CURRENT)
def test_every_vidare_command_exists(name: str) -> None:
    wrong = {shlex.join(words): problem_of(words) for words in commands("vidare", name)}
    assert {line: problem for line, problem in wrong.items() if problem} == {}


@pytest.mark.parametrize("name", CURRENT)
def test_every_make_target_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {words[0] for words in commands("make", name)} - targets == set()


@pytest.mark.parametrize("name", CURRENT)
def test_every_path_and_module_exists(name: str) -> None:
    spans = code(name)
    paths = {one for span in spans for found in _PATH.findall(span) for one in alternatives(found)}
    assert [path for path in sorted(paths) if not (list(ROOT.glob(path)) or (ROOT / path).exists())] == []
    assert [module for span in spans for module in _MODULE.findall(span) if not exists(module)] == []
    run = {words[1] for words in commands("python", name) if words[:1] == ["-m"]}
    assert [module for module in run if find_spec(module) is None] == []


@pytest.mark.parametrize("name", CURRENT)
def test_every_setting_is_on_the_settings_page(name: str) -> None:
    named = set(re.findall(r"VIDARE_[A-Z0-9]+(?:_[A-Z0-9]+)*", PAGES[name].read_text(encoding="utf-8")))
    assert {variable for variable in named if variable.removesuffix("_FILE") not in SETTINGS} == set()


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["rules", "lint", "rules.yaml", "--strict"], ""),
        (["rule", "lint"], "no command rule"),
        (["rules", "check"], "no command check"),
        (["rules", "lint", "--strictly"], "no option --strictly"),
    ],
)
def test_a_wrong_command_is_found(words: list[str], problem: str) -> None:
    assert problem_of(words) == problem


def test_a_missing_module_is_found() -> None:
    assert exists("shared.events.log.record")
    assert exists("shared.events")
    assert not exists("shared.events.logs")
    assert not exists("shared.events.log.wreck")
