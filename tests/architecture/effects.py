"""Finds effects in our source: what outlives the process that caused it, and whether a crash point follows directly.

Our own methods and context managers with an effect are marked `@effect`; those of libraries are named in LIBRARIES. A call of such a method
counts unless its receiver is known to be of another class, so that an expression whose class the source does not state counts too.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest

from tests.architecture.receivers import Function, Module, Program, Scope

# Redis's counters may be lost at any time: only the relay's epoch, which it sets, is an effect.
LIBRARIES = {
    "sqlalchemy.Engine": ("begin",),
    "sqlalchemy.Connection": ("begin", "commit"),
    "psycopg.Connection": ("commit",),
    "celery.Celery": ("send_task",),
    "redis.Redis": ("set",),
    "smtplib.SMTP": ("send", "quit"),
    "http.client.HTTPConnection": ("request",),
}
MARK = "effect"


@dataclass(frozen=True)
class Effect:
    """`where`: the function; `line`; `followed`: whether a crash point comes next."""

    where: str
    line: int
    followed: bool


def effects_of(sources: Mapping[str, str]) -> dict[str, list[Effect]]:
    """Every effect in these modules (text by module name), by module."""
    program = Program(sources)
    finder = _Finder(program)
    return {
        name: [
            Effect(where, statement.lineno, followed)
            for where, function, scope in _functions(program, module)
            for statement, followed in finder.in_block(module, scope, function.body, False)
        ]
        for name, module in program.modules.items()
    }


def _functions(program: Program, module: Module) -> Iterator[tuple[str, Function, Scope]]:
    def below(node: ast.AST, prefix: str, names: Scope) -> Iterator[tuple[str, Function, Scope]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, Function):
                scope = program.scope(module, child, names)
                yield f"{prefix}{child.name}", child, scope
                yield from below(child, f"{prefix}{child.name}.", scope)
            elif isinstance(child, ast.ClassDef):
                yield from below(child, f"{prefix}{child.name}.", {"self": f"{module.name}.{child.name}"})
            else:
                yield from below(child, prefix, names)

    yield from below(module.tree, "", {})


class _Finder:
    """Recognises effects by their receivers."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._functions = {name for name, (_, node) in program.functions.items() if _is_marked(node)}
        self._methods = {(name, method) for name, methods in LIBRARIES.items() for method in methods}
        for name, each in program.classes.items():
            self._methods |= {(name, method) for method, node in each.methods.items() if _is_marked(node)}
        self._names = {method for _, method in self._methods}

    def in_block(
        self, module: Module, scope: Scope, block: list[ast.stmt], after: bool
    ) -> Iterator[tuple[ast.stmt, bool]]:
        """The effects in a block of statements; `after`: whether a crash point follows the block."""
        for statement, following in zip_longest(block, block[1:]):
            if isinstance(statement, Function | ast.ClassDef):
                continue
            next_dies = after if following is None else _dies(following)
            if self._is_effect(module, scope, statement):
                inside = isinstance(statement, ast.With) and _dies(statement.body[-1]) and _is_by_statement(statement)
                yield statement, (next_dies or inside) and not isinstance(statement, ast.Return)
            # A loop's body is followed by its next round.
            comes = False if isinstance(statement, ast.For | ast.While) else next_dies
            for inner in _blocks(statement):
                yield from self.in_block(module, scope, inner, comes)

    def _is_effect(self, module: Module, scope: Scope, statement: ast.stmt) -> bool:
        # The blocks of a compound statement are examined one by one.
        inner = {id(node) for block in _blocks(statement) for part in block for node in ast.walk(part)}
        return any(
            isinstance(node, ast.Call) and id(node) not in inner and self._is_effect_call(module, scope, node)
            for node in ast.walk(statement)
        )

    def _is_effect_call(self, module: Module, scope: Scope, call: ast.Call) -> bool:
        if isinstance(call.func, ast.Attribute) and call.func.attr in self._names:
            receiver = self._program.type_of(module, call.func.value, scope)
            if receiver is None and module.dotted(call.func.value) in self._program.modules:
                return module.dotted(call.func) in self._functions
            return receiver is None or any((one, call.func.attr) in self._methods for one in self._lineage(receiver))
        return module.dotted(call.func) in self._functions

    def _lineage(self, receiver: str) -> Iterator[str]:
        for one in self._program.lineage(receiver):
            yield one
            # Classes are exported by their packages: sqlalchemy.engine.Engine is sqlalchemy.Engine.
            yield f"{one.partition('.')[0]}.{one.rpartition('.')[2]}"


def _is_marked(node: Function) -> bool:
    return any(isinstance(decorator, ast.Name) and decorator.id == MARK for decorator in node.decorator_list)


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    for field in ("body", "orelse", "finalbody"):
        yield getattr(statement, field, [])
    for handler in getattr(statement, "handlers", []):
        yield handler.body


def _dies(statement: ast.stmt) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "crash_point"


def _is_by_statement(statement: ast.With) -> bool:
    """Whether each statement of the block is committed on its own."""
    called = [item.context_expr.func for item in statement.items if isinstance(item.context_expr, ast.Call)]
    return any(ast.unparse(each).startswith("autocommit") for each in called)
