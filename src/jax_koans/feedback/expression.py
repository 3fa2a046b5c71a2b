"""The learner's expression that raised: where it stands, what is called there, what it holds."""

import ast
import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from jax_koans.feedback.frames import Stop
from jax_koans.feedback.values import JITTED, Names, is_named, kinds, names_of, value_of

_LONGEST = 60  # characters of an expression that is quoted
_JIT = "jax.jit"
_TRANSFORMATIONS = (
    _JIT, "jax.vmap", "jax.grad", "jax.value_and_grad", "jax.jacfwd", "jax.jacrev",
    "jax.hessian", "jax.checkpoint", "jax.numpy.vectorize", "jax.shard_map",
)  # fmt: skip
_TESTS = {ast.If: "if", ast.While: "while", ast.Assert: "assert", ast.IfExp: "if"}


@dataclass(frozen=True)
class Expression:
    """An expression in the learner's file, and what its names hold in the frame that raised.

    `code` are the statements that the koan uses.
    """

    node: ast.AST
    stop: Stop
    tree: ast.Module
    code: ast.Module

    @functools.cached_property
    def names(self) -> Names:
        return names_of(self.stop.frame)

    @functools.cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    @property
    def text(self) -> str:
        """The expression itself, on one line."""
        return quoted(self._tested[1] if self.stop.asks_for_truth else self.node)

    # Where it stands.

    @functools.cached_property
    def sites(self) -> set[str]:
        """What kind of expression it is, in the words of the table's `site`."""
        if self.stop.asks_for_truth:
            return {self._tested[0]}
        if self.stop.instruction == "GET_ITER":
            return {"for"}
        match self.node:
            case ast.Subscript(ctx=ast.Store()):
                return {"assignment"}
            case ast.Subscript(slice=index):
                parts = index.elts if isinstance(index, ast.Tuple) else [index]
                is_slice = any(isinstance(each, ast.Slice) for each in parts)
                return {"subscript", "slice"} if is_slice else {"subscript"}
            case ast.Compare(ops=[ast.In() | ast.NotIn()]):
                return {"in"}
            case ast.Compare():  # since Python 3.13 one instruction compares and tests
                return {"comparison", self._tested[0]}
            case ast.BinOp() | ast.AugAssign() | ast.UnaryOp():
                return {"operator"}
            case ast.Attribute() if self.stop.instruction.startswith("LOAD"):
                return {"attribute"}
            case ast.JoinedStr() | ast.FormattedValue():
                return {"f-string"}
            case ast.Tuple() | ast.List():
                return {"unpacking"}
        return {"call"}  # a decorator without arguments too

    @functools.cached_property
    def _tested(self) -> tuple[str, ast.AST]:
        """Which construct asks the expression for a truth value, and the whole of what it tests."""
        node = self.node
        if isinstance(node, ast.If | ast.While | ast.Assert):
            node = node.test
        while isinstance(parent := self.parents[node], ast.BoolOp) or (
            isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not)
        ):
            node = parent
        if type(parent) in _TESTS and getattr(parent, "test", None) is node:
            return _TESTS[type(parent)], node
        match node:
            case ast.BoolOp(op=operator):
                return type(operator).__name__.lower(), node
            case ast.UnaryOp(op=ast.Not()):
                return "not", node
            case ast.Compare(ops=[_, _, *_]):
                return "chained comparison", node
        return "", node

    # What it holds.

    def holder(self, kind: str) -> ast.AST | None:
        """The operand that holds a value of this kind; of a call, the first argument."""
        return self._of_kind(self._operands(), kind)

    def argument(self, kind: str) -> ast.AST | None:
        """The part of an argument, an operand, or an assigned value that holds such a value."""
        values = self._operands()
        parent = self.parents.get(self.node)
        if isinstance(self.node, ast.Call):
            values = [*self.node.args, *(each.value for each in self.node.keywords)]
        elif "assignment" in self.sites and isinstance(parent, ast.Assign | ast.AugAssign):
            values = [parent.value]
        return self._of_kind((part for value in values for part in _parts(value)), kind)

    def index(self, kind: str) -> ast.AST | None:
        """The part of a subscript's index that holds a value of this kind."""
        is_subscript = isinstance(self.node, ast.Subscript)
        return self._of_kind(ast.walk(self.node.slice) if is_subscript else (), kind)

    def callee(self, kind: str) -> ast.AST | None:
        """What is called, where it holds a value of this kind."""
        return self._of_kind([self.node.func] if isinstance(self.node, ast.Call) else (), kind)

    def _operands(self) -> Iterable[ast.AST]:
        match self.node:
            case ast.Call(args=args):
                return args[:1]
            case ast.BinOp(left=left, right=right):
                return (left, right)
            case ast.AugAssign(target=target, value=value):
                return (target, value)
            case ast.UnaryOp(operand=operand):
                return (operand,)
            case ast.Compare(left=left, comparators=others):
                return (left, *others)
            case ast.Attribute(value=value) | ast.Subscript(value=value):
                return (value,)
            case ast.JoinedStr() | ast.FormattedValue():
                return ast.walk(self.node)
            case ast.For(iter=value):
                return (value,)
            case ast.Tuple() | ast.List() if isinstance(self.parents[self.node], ast.Assign):
                return (self.parents[self.node].value,)
        return (self.node,)

    def _of_kind(self, nodes: Iterable[ast.AST], kind: str) -> ast.AST | None:
        for node in nodes:
            if kind in kinds(node, self.names):
                return node
            if kind == "function" and isinstance(node, ast.Call) and self._transformation(node):
                return node
        return None

    # What is called.

    def calls(self, name: str) -> bool:
        """Whether it calls this public function."""
        return is_call_of(self.node, name, self.names)

    def uses(self, name: str) -> bool:
        """Whether the koan's code mentions this public function."""
        return any(
            is_named(value_of(node, self.names), name)
            for node in ast.walk(self.code)
            if isinstance(node, ast.Attribute | ast.Name)
        )

    def made_by(self, name: str) -> bool:
        """Whether what is called was made by this transformation, and by no other but jit."""
        if not isinstance(self.node, ast.Call):
            return False
        made = self._made_by(self.node.func)
        return ([each for each in made if each != _JIT] or made[:1]) == [name]

    def _made_by(self, node: ast.AST, depth: int = 0) -> list[str]:
        """The transformations that made a function, the outermost first."""
        if isinstance(node, ast.Call):
            name = self._transformation(node)
            return [name, *self._made_by(node.args[0], depth)] if name and node.args else []
        if not isinstance(node, ast.Name) or depth > 5:
            return []
        binding = self._binding(node.id)
        if isinstance(binding, ast.FunctionDef):
            made = [self._transformation(each) for each in binding.decorator_list]
        else:
            made = self._made_by(binding, depth + 1) if binding else []
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
        case ast.Call(func=ast.Attribute(value=ast.Subscript(value=ast.Attribute(attr="at")))):
            return name == f".at[].{node.func.attr}"
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


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """An expression, and what its tuples, lists and operators are made of."""
    yield node
    if isinstance(node, ast.Tuple | ast.List | ast.BinOp | ast.UnaryOp | ast.Starred):
        for child in ast.iter_child_nodes(node):
            yield from _parts(child)


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
