"""Finds effects in our source: what outlives the process that did it, and whether a place to die follows directly."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

# Method → how its receiver's last name ends. What Redis counts or knows may be forgotten at any time: only its epoch is an effect.
CALLS = {
    "commit": "",
    "put": "store",
    "delete": "store",
    "send_task": "",
    "set": "redis",
    "row": "connections",
    "send": "smtp",
    "quit": "smtp",
    "request": "connection",
}
# What is written in such a block is committed at its end, or statement by statement.
BLOCKS = {"begin", "transaction", "autocommit", "autocommit_session"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Effect:
    """`where`: the function; `line`; `followed`: whether a crash point comes next."""

    where: str
    line: int
    followed: bool


def effects_of(source: str) -> list[Effect]:
    """Every effect in a module, by function."""
    tree = ast.parse(source)
    return [
        Effect(name, statement.lineno, followed)
        for name, function in _functions(tree, "")
        for statement, followed in _in_block(function.body, False)
    ]


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, Function]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function | ast.ClassDef):
            name = f"{prefix}{child.name}"
            if isinstance(child, Function):
                yield name, child
            yield from _functions(child, f"{name}.")
        else:
            yield from _functions(child, prefix)


def _in_block(block: list[ast.stmt], after: bool) -> Iterator[tuple[ast.stmt, bool]]:
    """The effects in a block of statements; `after`: whether a crash point is what comes when the block has ended."""
    for statement, following in zip_longest(block, block[1:]):
        if isinstance(statement, Function | ast.ClassDef):
            continue
        next_dies = after if following is None else _dies(following)
        if _is_effect(statement):
            inside = isinstance(statement, ast.With) and _dies(statement.body[-1]) and _is_by_statement(statement)
            yield statement, (next_dies or inside) and not isinstance(statement, ast.Return)
        # After a loop's body comes its next round.
        comes = False if isinstance(statement, ast.For | ast.While) else next_dies
        for inner in _blocks(statement):
            yield from _in_block(inner, comes)


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    for field in ("body", "orelse", "finalbody"):
        yield getattr(statement, field, [])
    for handler in getattr(statement, "handlers", []):
        yield handler.body


def _dies(statement: ast.stmt) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "crash_point"


def _is_effect(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.With) and any(_name(item.context_expr) in BLOCKS for item in statement.items):
        return True
    # The parts of a compound statement are looked at one by one; what it asks for itself belongs to it.
    inner = {id(node) for block in _blocks(statement) for part in block for node in ast.walk(part)}
    return any(
        isinstance(node, ast.Call) and id(node) not in inner and _is_effect_call(node) for node in ast.walk(statement)
    )


def _is_by_statement(statement: ast.With) -> bool:
    return any(str(_name(item.context_expr)).startswith("autocommit") for item in statement.items)


def _name(node: ast.expr) -> str | None:
    """The last name of what is called."""
    if not isinstance(node, ast.Call):
        return None
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)


def _is_effect_call(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in CALLS:
        return False
    return ast.unparse(call.func.value).rpartition(".")[2].endswith(CALLS[call.func.attr])
