"""The learner's expression that raised: where it stands, what is called there, what it holds."""

import ast
import functools
import inspect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jax

from jax_koans.feedback.frames import Stop
from jax_koans.feedback.values import (
    JITTED,
    Names,
    is_concrete,
    is_named,
    kind_of,
    names_of,
    value_of,
)  # fmt: skip

_LONGEST = 60  # characters of an expression that is quoted
_WITH_ARRAYS = (jax.Array, list, tuple, dict)
_JIT = "jax.jit"
_TRANSFORMATIONS = (
    _JIT, "jax.vmap", "jax.grad", "jax.value_and_grad", "jax.jacfwd", "jax.jacrev",
    "jax.hessian", "jax.checkpoint", "jax.numpy.vectorize", "jax.shard_map",
)  # fmt: skip
_OPERATORS: dict[type, str] = {ast.And: "and", ast.Or: "or", ast.Not: "not"}
_TESTS = {ast.If: "if", ast.While: "while", ast.Assert: "assert", ast.IfExp: "if"}


@dataclass(frozen=True)
class Expression:
    """An expression in the learner's file, and what its names hold in the frame that raised."""

    node: ast.AST
    stop: Stop
    tree: ast.Module
    code: ast.Module  # the statements that the koan uses

    @classmethod
    def at(cls, stop: Stop, tree: ast.Module, code: ast.Module) -> "Expression | None":
        """The expression that a frame stands at; None where that is not certain."""
        nodes = stop.nodes(tree)
        return cls(nodes[0], stop, tree, code) if nodes else None

    @functools.cached_property
    def names(self) -> Names:
        return names_of(self.stop.frame)

    @functools.cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    @property
    def text(self) -> str:
        """The expression itself, on one line."""
        tested = self.stop.asks_for_truth or isinstance(self.node, ast.Compare)
        return quoted(self._tested[1] if tested else self.node)

    def site(self, name: str) -> bool:
        """Whether it stands where the table's `site` says, such as "if" or "subscript"."""
        return name in self._parts[0]

    def holds(self, kind: str) -> ast.AST | None:
        """The operand that holds a value of this kind; of a call, the first argument."""
        return self._of_kind(self._parts[1], kind)

    @functools.cached_property
    def _parts(self) -> tuple[set[str], Sequence[ast.AST]]:
        """What kind of expression it is, and its operands."""
        node = self.node
        if self.stop.asks_for_truth:
            return {self._tested[0]}, [node]
        if self.stop.instruction == "GET_ITER":
            return {"for"}, [node.iter if isinstance(node, ast.For) else node]
        match node:
            case ast.Call(args=args):
                return {"call"}, args[:1]
            case ast.Subscript(value=owner, ctx=ast.Store()):
                return {"assignment"}, [owner]
            case ast.Subscript(value=owner, slice=index):
                is_slice = any(isinstance(each, ast.Slice) for each in _entries(index))
                return {"subscript", "slice" if is_slice else ""}, [owner]
            case ast.Compare(left=left, ops=[ast.In() | ast.NotIn()], comparators=others):
                return {"in"}, [left, *others]
            case ast.Compare(left=left, comparators=others):
                # Since Python 3.13 one instruction compares and asks for the truth value.
                return {"comparison", self._tested[0]}, [left, *others]
            case ast.BinOp(left=left, right=right) | ast.AugAssign(target=left, value=right):
                return {"operator"}, [left, right]
            case ast.UnaryOp(operand=operand):
                return {"operator"}, [operand]
            case ast.Attribute(value=owner) if self.stop.instruction.startswith("LOAD"):
                return {"attribute"}, [owner]
            case ast.FormattedValue(value=value):
                return {"f-string"}, [value]
            case ast.JoinedStr(values=values):  # before Python 3.12 they have one position
                fields = [each for each in values if isinstance(each, ast.FormattedValue)]
                return {"f-string"}, [each.value for each in fields if each.format_spec]
            case ast.Tuple() | ast.List():
                parent = self.parents[node]
                return {"unpacking"}, [parent.value if isinstance(parent, ast.Assign) else node]
        return {"call"}, []  # a decorator without arguments

    @functools.cached_property
    def _tested(self) -> tuple[str, ast.AST]:
        """Which construct asks the expression for a truth value, and the whole of what it tests."""
        node = self.node
        if isinstance(node, ast.If | ast.While | ast.Assert | ast.IfExp):
            node = node.test
        while isinstance(parent := self.parents[node], ast.BoolOp) or (
            isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not)
        ):
            node = parent
        if type(parent) in _TESTS and getattr(parent, "test", None) is node:
            return _TESTS[type(parent)], node
        if isinstance(node, ast.Compare) and len(node.ops) > 1:
            return "chained comparison", node
        return _OPERATORS.get(type(getattr(node, "op", node)), ""), node

    def argument(self, kind: str) -> ast.AST | None:
        """The part of an argument, an operand, or an assigned value that holds such a value."""
        values, parent = self._parts[1], self.parents.get(self.node)
        if isinstance(self.node, ast.Call):
            values = [*self.node.args, *(each.value for each in self.node.keywords)]
        elif self.site("assignment") and isinstance(parent, ast.Assign | ast.AugAssign):
            values = [parent.value]
        return self._of_kind((part for each in values for part in inner_parts(each)), kind)

    def index(self, kind: str) -> ast.AST | None:
        """The part of an index, or the bound of its slices, that holds a value of this kind."""
        entries = _entries(self.node.slice) if isinstance(self.node, ast.Subscript) else []
        slices = [each for each in entries if isinstance(each, ast.Slice)]
        bounds = [bound for each in slices for bound in ast.iter_child_nodes(each)]
        parts = (part for each in bounds or entries for part in inner_parts(each))
        return self._of_kind(parts, kind)

    def devices(self, _different: str) -> bool:
        """Whether arrays among its operands or arguments are committed to different devices."""
        values = self._parts[1]
        if isinstance(self.node, ast.Call):
            values = [*self.node.args, *(each.value for each in self.node.keywords)]
        found = (value_of(part, self.names) for each in values for part in inner_parts(each))
        leaves = jax.tree.leaves([each for each in found if isinstance(each, _WITH_ARRAYS)])
        arrays = [each for each in leaves if is_concrete(each) and each.committed]
        return len({frozenset(each.sharding.device_set) for each in arrays}) > 1

    def callee(self, kind: str) -> ast.AST | None:
        """What is called, where it holds a value of this kind."""
        return self._of_kind([self.node.func] if isinstance(self.node, ast.Call) else (), kind)

    def _of_kind(self, nodes: Iterable[ast.AST], kind: str) -> ast.AST | None:
        for node in nodes:
            made = isinstance(node, ast.Call) and self._transformation(node)
            if kind == ("function" if made else kind_of(node, self.names)):
                return node
        return None

    def call(self, name: str) -> bool:
        """Whether it calls this public function."""
        return is_call_of(self.node, name, self.names)

    def uses(self, name: str) -> bool:
        """Whether the koan's code mentions this public function."""
        return any(
            is_named(value_of(node, self.names), name)
            for node in ast.walk(self.code)
            if isinstance(node, ast.Attribute | ast.Name)
        )

    def lacks(self, word: str) -> bool:
        """Whether no call in the koan's code has a keyword argument whose name begins so."""
        words = [node.arg or "" for node in ast.walk(self.code) if isinstance(node, ast.keyword)]
        return not any(each.startswith(word) for each in words)

    def made_by(self, name: str) -> bool:
        """Whether what is called was made by this transformation, and by no other but jit."""
        if not isinstance(self.node, ast.Call) or not self._binds(self.node):
            return False
        made = self._made_by(self.node.func)
        return ([each for each in made if each != _JIT] or made[:1]) == [name]

    def _binds(self, call: ast.Call) -> bool:
        """Whether the arguments fit the parameters; where they do not, Python has said so."""
        named = {each.arg: each.value for each in call.keywords if each.arg}
        if len(named) < len(call.keywords) or any(isinstance(a, ast.Starred) for a in call.args):
            return True
        try:
            signature = inspect.signature(value_of(call.func, self.names))
        except (TypeError, ValueError):  # it is not known what is called
            return True
        try:
            signature.bind(*call.args, **named)
        except TypeError:
            return False
        return True

    def _made_by(self, node: ast.AST, depth: int = 0) -> list[str]:
        """The transformations that made a function, the outermost first."""
        if isinstance(node, ast.Call):
            name = self._transformation(node)
            return [name, *self._made_by(node.args[0], depth)] if name and node.args else []
        if not isinstance(node, ast.Name) or depth > 5:
            return []
        made, binding = [""], self._binding(node.id)
        if isinstance(binding, ast.FunctionDef):
            made = [self._transformation(each) for each in binding.decorator_list]
        elif binding:
            made = self._made_by(binding, depth + 1)
        is_jitted = type(value_of(node, self.names)) is JITTED
        return [each for each in made if each] or [_JIT] * is_jitted

    def _transformation(self, node: ast.AST) -> str:
        """The transformation that a call, or a decorator, applies to a function."""
        return next((name for name in _TRANSFORMATIONS if is_call_of(node, name, self.names)), "")

    def _binding(self, name: str) -> ast.AST | None:
        """What a name is bound to, where its innermost scope does so once."""
        line = self.stop.position[0] or 0
        scopes = [
            node
            for node in ast.walk(self.tree)
            if isinstance(node, ast.FunctionDef) and node.lineno <= line <= (node.end_lineno or 0)
        ]
        for scope in [*reversed(scopes), self.tree]:
            if found := list(self._bindings(scope, name)):
                return found[0] if len(found) == 1 else None
        return None

    def _bindings(self, scope: ast.AST, name: str) -> Iterator[ast.AST]:
        for node in same_scope(scope):
            match node:
                case ast.FunctionDef(name=bound) | ast.arg(arg=bound) if bound == name:
                    yield node
                case ast.Name(id=bound, ctx=ast.Store()) if bound == name:
                    parent = self.parents[node]
                    yield parent.value if isinstance(parent, ast.Assign) else parent


def is_call_of(node: ast.AST, name: str, names: Names) -> bool:
    """Whether a call, or a decorator, is one of this public function; `.at[].set` is a method."""
    match node:
        case ast.Call(func=ast.Attribute(ast.Subscript(ast.Attribute(attr="at")), attr=method)):
            return name == f".at[].{method}"
    return not name.startswith(".") and is_named(_called(node, names), name)


def _called(node: ast.AST, names: Names) -> Any:
    """The function that a call calls, also through `partial(function, ...)`."""
    if not isinstance(node, ast.Call):
        return value_of(node, names)  # of a decorator without arguments
    if isinstance(node.func, ast.Call):
        # jit(static_argnums=0)(f) and partial(jit, ...)(f) wait for a function; jit(f)(x) does not.
        waits = not node.func.args or value_of(node.func.func, names) is functools.partial
        return _called(node.func, names) if waits else None
    value = value_of(node.func, names)
    if value is functools.partial and node.args:
        return value_of(node.args[0], names)
    return value.func if type(value) is functools.partial else value


def _entries(index: ast.expr) -> list[ast.expr]:
    return index.elts if isinstance(index, ast.Tuple) else [index]


def inner_parts(node: ast.AST) -> Iterator[ast.AST]:
    """An expression, and what its tuples, lists and operators are made of."""
    yield node
    if isinstance(node, ast.Tuple | ast.List | ast.BinOp | ast.UnaryOp | ast.Starred):
        for child in ast.iter_child_nodes(node):
            yield from inner_parts(child)


def same_scope(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes below one, without the insides of functions and classes."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            yield from same_scope(child)


def quoted(node: ast.AST) -> str:
    """A piece of code on one line, cut where it is long."""
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= _LONGEST else text[:_LONGEST] + " …"
