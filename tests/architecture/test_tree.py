"""The tree: sizes, names, and the one way out of a service."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST_FILE = 260  # about 250 lines: what a reader keeps in mind
MOST_MODULES = 15  # in a package, without __init__.py
LONGEST_FUNCTION = 40  # about 30; a long signature or a table of values counts too
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc"}


def sources(*folders: str) -> list[Path]:
    """Our Python files below these folders, as git knows them or would."""
    found = subprocess.run(
        [
            "git",
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "--",
            *(f"{folder}/*.py" for folder in folders),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / line for line in found.stdout.splitlines() if (ROOT / line).exists()]


def test_files_are_short() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sources("services", "shared", "local", "bench")
        if "migrations" not in path.parts and (lines := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert long == {}


def own_length(function: ast.FunctionDef) -> int:
    """Lines of a function without its docstring and the functions inside it: one that registers routes has as many as routes."""
    inner = [node for node in ast.walk(function) if isinstance(node, ast.FunctionDef) and node is not function]
    lines = set(range(function.lineno, (function.end_lineno or 0) + 1))
    first = function.body[0]
    if ast.get_docstring(function):
        lines -= set(range(first.lineno, (first.end_lineno or 0) + 1))
    for node in inner:
        lines -= set(range(node.lineno, (node.end_lineno or 0) + 1))
    return len(lines)


def test_functions_are_short() -> None:
    long = {}
    for path in sources("services", "shared", "local", "bench"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and (length := own_length(node)) > LONGEST_FUNCTION:
                long[f"{path.relative_to(ROOT)}:{node.name}"] = length
    assert long == {}


def test_packages_have_names() -> None:
    parts = {
        part
        for path in sources("services", "shared", "local", "tests", "bench")
        for part in path.relative_to(ROOT).parts
    }
    assert {part for part in parts if part.removesuffix(".py") in NAMELESS} == set()


@pytest.mark.parametrize("call", ["delay", "apply_async", "retry"])
def test_nothing_leaves_a_service_past_the_event_log(call: str) -> None:
    """Inside a service a task is sent by send_task to its own queue; what another service must know is recorded."""
    pattern = re.compile(rf"\.{call}\(")
    assert [str(path) for path in sources("services") if pattern.search(path.read_text())] == []


def test_packages_are_small() -> None:
    modules: dict[str, set[str]] = {}
    for path in sources("services", "shared", "local", "bench"):
        if path.name != "__init__.py" and "migrations" not in path.parts:
            modules.setdefault(str(path.parent.relative_to(ROOT)), set()).add(path.stem)
    assert {package: len(names) for package, names in modules.items() if len(names) > MOST_MODULES} == {}


@pytest.mark.parametrize("kind", ["unit", "integration"])
def test_tests_mirror_the_tree(kind: str) -> None:
    """`tests/unit/intake/attachments` tests `services/intake/attachments`, `tests/unit/shared/http` tests `shared/http`."""
    folders = {path.parent.relative_to(ROOT / "tests" / kind) for path in sources(f"tests/{kind}")}
    lost = [
        str(folder)
        for folder in folders
        if not any((ROOT / above / folder).is_dir() for above in (".", "services"))
        and folder.parts[:1] != ("ci",)  # .ci/
    ]
    assert lost == []


def test_only_the_store_knows_boto3() -> None:
    users = [
        path
        for path in sources("services", "shared", "local")
        if re.search(r"^\s*(import|from) boto(3|core)", path.read_text(), re.M)
    ]
    assert [str(path.relative_to(ROOT)) for path in users] == ["shared/storage/object_store.py"]
