"""Infers the class of an expression from annotations, constructors and imports, as far as our source states it."""

import ast
import builtins
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

Function = ast.FunctionDef | ast.AsyncFunctionDef
Scope = Mapping[str, str]
# Constructors of other libraries under another name than the class.
FACTORIES = {
    "sqlalchemy.create_engine": "sqlalchemy.Engine",
    "sqlalchemy.Engine.connect": "sqlalchemy.Connection",
    "sqlalchemy.Connection.execution_options": "sqlalchemy.Connection",
    "redis.Redis.from_url": "redis.Redis",
    "redis.Redis.pipeline": "redis.Pipeline",
    "sqlalchemy.Engine.begin": "sqlalchemy.Connection",
    "flask.Blueprint": "flask.Blueprint",
}


@dataclass
class Class:
    """Its bases, attributes and methods; types are dotted names, `package.module.Class`."""

    bases: list[str] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    methods: dict[str, Function] = field(default_factory=dict)


class Module:
    """One module's names."""

    def __init__(self, name: str, tree: ast.Module) -> None:
        self.name, self.tree = name, tree

    @cached_property
    def imports(self) -> dict[str, str]:
        """Local name → dotted name."""
        found: dict[str, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                found.update({alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names})
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    first = alias.name.partition(".")[0]
                    found[alias.asname or first] = alias.name if alias.asname else first
        return found

    def dotted(self, node: ast.expr | None) -> str | None:
        """The dotted name of an annotation or a constructor; of `X | None` and `X[…]` that of X."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            return self.dotted(ast.Name(node.value))
        if isinstance(node, ast.BinOp):
            return self.dotted(node.left) or self.dotted(node.right)
        if isinstance(node, ast.Subscript):
            outer = self.dotted(node.value)
            # What a function with `yield` returns: the context manager's value.
            return (
                self.dotted(node.slice) if outer in ("collections.abc.Iterator", "collections.abc.Generator") else outer
            )
        if isinstance(node, ast.Attribute):
            inner = self.dotted(node.value)
            return f"{inner}.{node.attr}" if inner else None
        if isinstance(node, ast.Name):
            if node.id in self.imports:
                return self.imports[node.id]
            return f"builtins.{node.id}" if hasattr(builtins, node.id) else f"{self.name}.{node.id}"
        return None


class Program:
    """All modules together."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        """`sources`: text by module name."""
        self.modules = {name: Module(name, ast.parse(text)) for name, text in sources.items()}
        self.classes: dict[str, Class] = {}
        self.functions: dict[str, tuple[Module, Function]] = {}
        for module in self.modules.values():
            for node in module.tree.body:
                if isinstance(node, ast.ClassDef):
                    self.classes[f"{module.name}.{node.name}"] = Class(
                        bases=[name for base in node.bases if (name := module.dotted(base))]
                    )
                elif isinstance(node, Function):
                    self.functions[f"{module.name}.{node.name}"] = (module, node)
        for module in self.modules.values():
            for node in module.tree.body:
                if isinstance(node, ast.ClassDef):
                    self._read_class(module, node)

    def scope(self, module: Module, function: Function, outer: Scope) -> Scope:
        """The types of a function's names: its parameters, assignments and `with … as`."""
        names = dict(outer)
        arguments = function.args
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            if argument.arg != "self":
                names.pop(argument.arg, None)
            if argument.annotation is not None and (found := module.dotted(argument.annotation)):
                names[argument.arg] = found
        for node in _own_nodes(function):
            for target, value, annotation in _bindings(node):
                found = module.dotted(annotation) if annotation is not None else self.type_of(module, value, names)
                if found:
                    names[target] = found
        return names

    def type_of(self, module: Module, node: ast.expr | None, names: Scope) -> str | None:
        """The dotted name of an expression's class; None where the source does not state it."""
        if isinstance(node, ast.Name):
            return names.get(node.id)
        if isinstance(node, ast.Attribute):
            owner = self.type_of(module, node.value, names)
            return self.attribute(owner, node.attr) if owner else None
        if isinstance(node, ast.Call):
            return self._result(module, node.func, names)
        if isinstance(node, ast.Dict | ast.DictComp | ast.List | ast.Set | ast.Constant | ast.JoinedStr):
            return "builtins.object"
        return None

    def attribute(self, owner: str, name: str) -> str | None:
        """The type of an attribute or property of a class of ours."""
        for each in self.lineage(owner):
            if each in self.classes and name in self.classes[each].attributes:
                return self.classes[each].attributes[name]
        return None

    def lineage(self, name: str) -> Iterator[str]:
        """A class and its bases, as far as they are known."""
        yield name
        for base in self.classes[name].bases if name in self.classes else ():
            yield from self.lineage(base)

    def method(self, owner: str, name: str) -> tuple[Module, Function] | None:
        """A method of a class of ours, with the module that defines it."""
        for each in self.lineage(owner):
            if each in self.classes and name in self.classes[each].methods:
                return self.modules[each.rpartition(".")[0]], self.classes[each].methods[name]
        return None

    def _result(self, module: Module, called: ast.expr, names: Scope) -> str | None:
        if isinstance(called, ast.Attribute) and (owner := self.type_of(module, called.value, names)):
            found = self.method(owner, called.attr)
            return found[0].dotted(found[1].returns) if found else FACTORIES.get(f"{owner}.{called.attr}")
        dotted = module.dotted(called)
        if dotted in self.functions:
            owner_module, function = self.functions[dotted]
            return owner_module.dotted(function.returns)
        # What is left is a constructor, or a function of another library, whose result is not an effect's receiver.
        return FACTORIES.get(dotted or "", dotted)

    def _read_class(self, module: Module, node: ast.ClassDef) -> None:
        known = self.classes[f"{module.name}.{node.name}"]
        for part in node.body:
            if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                known.attributes[part.target.id] = module.dotted(part.annotation) or ""
            elif isinstance(part, Function):
                if any("property" in ast.unparse(decorator) for decorator in part.decorator_list):
                    known.attributes[part.name] = module.dotted(part.returns) or ""
                else:
                    known.methods[part.name] = part
        for method in list(known.methods.values()):
            names = self.scope(module, method, {"self": f"{module.name}.{node.name}"})
            for inner in _own_nodes(method):
                for name, value, annotation in _self_bindings(inner):
                    found = module.dotted(annotation) if annotation is not None else self.type_of(module, value, names)
                    if found:
                        known.attributes.setdefault(name, found)


def _own_nodes(function: Function) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions inside it, in the order of the source."""
    waiting: list[ast.AST] = list(reversed(function.body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, Function | ast.ClassDef | ast.Lambda):
            continue
        yield node
        waiting.extend(reversed(list(ast.iter_child_nodes(node))))


Binding = tuple[str, ast.expr | None, ast.expr | None]


def _bindings(node: ast.AST) -> Iterator[Binding]:
    """Name, value and annotation of what a statement binds."""
    for target, value, annotation in _targets(node):
        if isinstance(target, ast.Name):
            yield target.id, value, annotation
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, part in zip(target.elts, value.elts, strict=False):
                if isinstance(one, ast.Name):
                    yield one.id, part, None


def _self_bindings(node: ast.AST) -> Iterator[Binding]:
    """The same for `self.name`."""
    for target, value, annotation in _targets(node):
        pairs = [(target, value)]
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            pairs = list(zip(target.elts, value.elts, strict=False))
        for one, part in pairs:
            if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id == "self":
                yield one.attr, part, annotation


def _targets(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr | None, ast.expr | None]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield target, node.value, None
    elif isinstance(node, ast.AnnAssign):
        yield node.target, node.value, node.annotation
    elif isinstance(node, ast.NamedExpr):
        yield node.target, node.value, None
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        yield node.optional_vars, node.context_expr, None
