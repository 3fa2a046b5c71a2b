"""The scene of an exception: the learner's own frames, and the expression that raised it there."""

import ast
import builtins
import dataclasses
import functools
import math
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jax_koans.clinic.nature import (
    Pair,
    has_arguments,
    is_array,
    is_function,
    is_jitted,
    is_tracer,
    wrapped,
)
from jax_koans.clinic.place import Position, walk


class _Unknown:
    """What a name stands for when that cannot be known without running the learner's code."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Any = _Unknown()
_DEEP = 40  # own frames to look at; of an endless recursion there are thousands
# Attributes of arrays and tracers that are plain facts.
_FACTS = ("shape", "dtype", "ndim", "size")
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True)
class Spot:
    """One frame of a traceback: the line it stands at, and the columns if Python tells them."""

    frame: types.FrameType
    position: Position

    @property
    def line(self) -> int:
        return self.position[0] or 0


@dataclass(frozen=True)
class Transformation:
    """A call of jit, vmap, grad and their like: its public name and where it is written."""

    name: str
    call: ast.Call | None  # None where it is a decorator without arguments, or unknown
    waits: bool = False  # partial(jax.jit, ...) has no function yet

    @property
    def short(self) -> str:
        return self.name.rpartition(".")[2]


class Scene:
    """Where an exception came from, as far as the learner's own file goes.

    `node` is the very expression that raised it there, `statement` the statement around it; both
    are None where that is unknown. `inner` are the frames below, of libraries.
    """

    def __init__(
        self, error: BaseException, tree: ast.Module, path: Path, compared: Pair | None = None
    ) -> None:
        self.error = error
        self.tree = tree
        self.path = str(path)
        self.compared = compared
        own: list[Spot] = []
        inner: list[types.FrameType] = []
        for frame, position in walk(error.__traceback__):
            if frame.f_code.co_filename == self.path:
                own.append(Spot(frame, position))
                inner = []
            else:
                inner.append(frame)
        self.own = own[:_DEEP] + own[_DEEP:][-_DEEP:]
        self.inner = inner[-_DEEP:]

    @cached_property
    def spot(self) -> Spot | None:
        return self.own[-1] if self.own else None

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    @cached_property
    def node(self) -> ast.expr | None:
        return self.expression(self.spot) if self.spot else None

    def expression(self, spot: Spot) -> ast.expr | None:
        """The expression that a frame stands at."""
        line, end, column, stop = spot.position
        wanted = (line, column, end, stop)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.expr | ast.Assert | ast.If | ast.While) and wanted == (
                node.lineno,
                node.col_offset,
                node.end_lineno,
                node.end_col_offset,
            ):
                # pytest's rewriting gives all of an assertion one place, and Python before 3.12
                # gives the question of an `if` the place of the whole statement.
                return node if isinstance(node, ast.expr) else node.test
        return None

    @cached_property
    def statement(self) -> ast.stmt | None:
        return self.statement_at(self.spot) if self.spot else None

    def statement_at(self, spot: Spot) -> ast.stmt | None:
        around = [
            node
            for node in ast.walk(self.tree)
            if isinstance(node, ast.stmt) and node.lineno <= spot.line <= (node.end_lineno or 0)
        ]
        return max(around, key=lambda node: node.lineno, default=None)

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        while (parent := self.parents.get(node)) is not None:
            yield parent
            node = parent

    @cached_property
    def function(self) -> Function | None:
        """The function definition that the innermost own frame runs."""
        return self.definition_of_code(self.spot.frame.f_code) if self.spot else None

    @property
    def function_name(self) -> str:
        return self.function.name if isinstance(self.function, ast.FunctionDef) else "the lambda"

    # What names stand for.

    def value(self, node: ast.AST | None, spot: Spot | None = None) -> Any:
        """What a name, a constant or a plain attribute stands for; UNKNOWN for all else."""
        spot = spot or self.spot
        match node:
            case ast.Constant():
                return node.value
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
                return -number
            case ast.Name() if spot:
                for names in (spot.frame.f_locals, spot.frame.f_globals, vars(builtins)):
                    if node.id in names:
                        return names[node.id]
                return UNKNOWN
            case ast.Attribute():
                return self._attribute(self.value(node.value, spot), node.attr)
            case ast.Subscript(value=inner, slice=ast.Constant(value=int() | str() as key)):
                owner = self.value(inner, spot)
                if type(owner) in (list, tuple) and type(key) is int:
                    return owner[key] if -len(owner) <= key < len(owner) else UNKNOWN
                if type(owner) is dict and all(type(each) in (int, str) for each in owner):
                    return owner.get(key, UNKNOWN)
                return UNKNOWN
        return UNKNOWN

    def _attribute(self, owner: Any, name: str) -> Any:
        if type(owner) is types.ModuleType:
            return vars(owner).get(name, UNKNOWN)
        if name in _FACTS and (is_array(owner) or is_tracer(owner) or type(owner) is np.ndarray):
            return getattr(owner, name)
        if owner is UNKNOWN or isinstance(owner, jax.Array | np.ndarray):
            return UNKNOWN
        # Of a learner's object only what lies in its own or its class's dictionary: no property.
        owned = _own_names(owner)
        if name in owned:
            return owned[name]
        for base in type(owner).__mro__:
            if name in vars(base):
                found = vars(base)[name]
                return found if is_function(found) else UNKNOWN
        return UNKNOWN

    def known(self, node: ast.AST | None, spot: Spot | None = None) -> str:
        """The public name of what an expression stands for, such as "jnp.sin"; else empty."""
        return public_name(self.value(node, spot))

    def called(self, node: ast.AST | None = None, spot: Spot | None = None) -> str:
        """The public name of the function that a call calls, or ".name" for a method's."""
        node = node or self.node
        if not isinstance(node, ast.Call):
            return ""
        if name := self.known(node.func, spot):
            return name
        if isinstance(node.func, ast.Attribute) and not isinstance(
            self.value(node.func.value, spot), types.ModuleType
        ):
            return f".{node.func.attr}"
        return ""

    def arguments(self, node: ast.Call, spot: Spot | None = None) -> list[tuple[ast.expr, Any]]:
        """The arguments of a call, by name ones too, each with what it stands for."""
        nodes = [*node.args, *(keyword.value for keyword in node.keywords)]
        return [(each, self.value(each, spot)) for each in nodes]

    def tracers(self, node: ast.AST | None = None) -> list[tuple[str, Any]]:
        """The names in an expression that stand for tracers, each once."""
        found = {}
        for each in ast.walk(node or self.node or ast.Pass()):
            if isinstance(each, ast.Name | ast.Attribute) and is_tracer(self.value(each)):
                found[ast.unparse(each)] = self.value(each)
        return list(found.items())

    # Where functions are written.

    def definition_of_code(self, code: types.CodeType) -> Function | None:
        if code.co_filename != self.path:
            return None
        found: list[Function] = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef) and node.name == code.co_name:
                first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
                if first == code.co_firstlineno:
                    found.append(node)
            elif isinstance(node, ast.Lambda) and code.co_name == "<lambda>":
                names = tuple(each.arg for each in node.args.posonlyargs + node.args.args)
                if node.lineno == code.co_firstlineno and names == code.co_varnames[: len(names)]:
                    found.append(node)
        return found[0] if len(found) == 1 else None

    def definition(self, node: ast.AST | None, spot: Spot | None = None) -> Function | None:
        """The learner's own definition of the function that an expression stands for."""
        if isinstance(node, ast.Lambda):
            return node
        if isinstance(node, ast.Call) and node.args and self.transformations(node, spot):
            return self.definition(node.args[0], spot)
        function = self.value(node, spot)
        if function is UNKNOWN or not is_function(function):
            return None
        code = getattr(wrapped(function), "__code__", None)
        return self.definition_of_code(code) if isinstance(code, types.CodeType) else None

    def holds_arguments(self, node: ast.expr) -> bool:
        """Whether a partial that holds some arguments already is behind what is called."""
        while isinstance(node, ast.Call) and node.args and self.transformations(node):
            node = node.args[0]
        return has_arguments(self.value(node))

    def handed_back(self, node: ast.AST | None) -> Function | None:
        """The function that a call of another function answers with, jit and its like removed."""
        if isinstance(node, ast.Name):
            node = self.assigned(node.id)
        if not isinstance(node, ast.Call):
            return None
        if self.called(node) == "jax.make_jaxpr" and node.args:
            return self.definition(node.args[0])
        maker = self.definition(node.func)
        if not isinstance(maker, ast.FunctionDef):
            return None
        inside = {each.name: each for each in maker.body if isinstance(each, ast.FunctionDef)}
        for each in same_scope(maker.body):
            if not isinstance(each, ast.Return):
                continue
            answer = each.value
            while (
                isinstance(answer, ast.Call) and answer.args and self._transformation(answer, None)
            ):
                answer = answer.args[0]
            if isinstance(answer, ast.Lambda):
                return answer
            return inside.get(answer.id) if isinstance(answer, ast.Name) else None
        return None

    def transformations(
        self, node: ast.AST | None, spot: Spot | None = None, depth: int = 0
    ) -> list[Transformation]:
        """Which of jit, vmap, grad, ... a function is made with, the outermost first."""
        if depth > 5 or node is None:
            return []
        if isinstance(node, ast.Call):
            if (found := self._transformation(node, spot)) is not None:
                first = node.args[0] if node.args and not found.waits else None
                return [found, *self.transformations(first, spot, depth + 1)]
            if isinstance(node.func, ast.Call) and node.args:
                # jax.jit(static_argnums=1)(f) and partial(jax.jit, ...)(f) wait for a function.
                made = self._transformation(node.func, spot)
                if made is not None and (made.waits or not node.func.args):
                    return [made, *self.transformations(node.args[0], spot, depth + 1)]
            return self._made(node, spot, depth)
        if not isinstance(node, ast.Name):
            value = self.value(node, spot)
            return [Transformation("jax.jit", None)] if _is_jit(value) else []
        origin = self.assigned(node.id, spot)
        if origin is not None and (chain := self.transformations(origin, spot, depth + 1)):
            return chain
        definition = self.definition(node, spot)
        if isinstance(definition, ast.FunctionDef) and definition.name == node.id:
            chain = []
            for decorator in definition.decorator_list:
                name = self.known(decorator, spot)
                if name in _TRANSFORMATIONS:
                    chain.append(Transformation(name, None))
                else:
                    chain += self.transformations(decorator, spot, depth + 1)
            if chain:
                return chain
        return [Transformation("jax.jit", None)] if _is_jit(self.value(node, spot)) else []

    def returns_function(self, function: Function | None, depth: int = 0) -> bool:
        """Whether what a function returns is, as far as its text tells, a function."""
        if function is None or depth > 3:
            return False
        if isinstance(function, ast.Lambda):
            returned: list[ast.expr | None] = [function.body]
            inside: set[str] = set()
        else:
            scope = list(same_scope(function.body))
            returned = [each.value for each in scope if isinstance(each, ast.Return)]
            inside = {each.name for each in scope if isinstance(each, ast.FunctionDef)}
        returned += [
            side
            for each in returned
            if isinstance(each, ast.IfExp)
            for side in (each.body, each.orelse)
        ]
        returned += [one for each in returned if isinstance(each, ast.Tuple) for one in each.elts]
        return any(
            isinstance(each, ast.Lambda)
            or (isinstance(each, ast.Name) and each.id in inside)
            or (
                isinstance(each, ast.Call)
                and (
                    self.known(each.func) in _TRANSFORMATIONS
                    or self.returns_function(self.definition(each.func), depth + 1)
                )
            )
            for each in returned
        )

    def _transformation(self, node: ast.Call, spot: Spot | None) -> Transformation | None:
        name = self.known(node.func, spot)
        if name in _TRANSFORMATIONS:
            return Transformation(name, node)
        if name == "functools.partial" and node.args:
            inner = self.known(node.args[0], spot)
            return Transformation(inner, node, waits=True) if inner in _TRANSFORMATIONS else None
        return None

    def _made(self, node: ast.Call, spot: Spot | None, depth: int) -> list[Transformation]:
        """The transformations of what one of the learner's functions returns."""
        function = self.definition(node.func, spot)
        if isinstance(function, ast.FunctionDef):
            for each in same_scope(function.body):
                if isinstance(each, ast.Return) and isinstance(each.value, ast.Call):
                    return self.transformations(each.value, spot, depth + 1)
        return []

    def assigned(self, name: str, spot: Spot | None = None) -> ast.expr | None:
        """What the learner's text last assigns to a name before the line in question."""
        spot = spot or self.spot
        if spot is None:
            return None
        function = self.definition_of_code(spot.frame.f_code)
        outer = self.ancestors(function) if function is not None else ()
        around = [each for each in outer if isinstance(each, ast.FunctionDef)]
        places = [*((each.body, 10**9) for each in around), (self.tree.body, 10**9)]
        if isinstance(function, ast.FunctionDef):
            places.insert(0, (function.body, spot.line))
        for place, last in places:
            found = [
                node.value
                for node in same_scope(place)
                if isinstance(node, ast.Assign)
                and node.lineno <= last
                and any(isinstance(each, ast.Name) and each.id == name for each in node.targets)
            ]
            if found:
                return found[-1]
        return None

    def reached(self) -> list[Function]:
        """The learner's functions, tests apart, that the failing statement and the lines which
        made its variables call, and those that they call.
        """
        names = _read(self.statement)
        if isinstance(self.function, ast.Lambda):  # what it closes over
            names += [more for each in names for more in _read(self.assigned(each))]
        if isinstance(self.function, ast.FunctionDef):
            for node in same_scope(self.function.body):
                if isinstance(node, ast.Assign | ast.AnnAssign):
                    names += _read(node)
        definitions = {
            node.name: node
            for node in ast.walk(self.tree)
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("test")
        }
        found: list[Function] = []
        if self.function is not None and self.function_name in definitions:
            names.append(self.function_name)
        while names:
            definition = definitions.pop(names.pop(), None)
            if definition is not None:
                found.append(definition)
                names += _read(definition)
        return found

    def uses(self, *names: str) -> str:
        """Which of these public functions the failing statement or what it reaches speaks of."""
        places: list[ast.AST] = [*self.reached(), *([self.statement] if self.statement else [])]
        if self.function is not None:
            places.append(self.function)
        for place in places:
            for each in ast.walk(place):
                if isinstance(each, ast.Attribute | ast.Name) and self.known(each) in names:
                    return self.known(each)
        return ""

    def traced_for(self) -> str:
        """Which transformation runs the innermost own function: "jit", "vmap", ...; or empty."""
        for spot in reversed(self.own[:-1]):
            node = self.expression(spot)
            if not isinstance(node, ast.Call):
                continue
            if found := self.transformations(node.func, spot):
                return found[-1].short
            if (name := self.called(node, spot)).startswith(("lax.", "jax.")):
                return name.rpartition(".")[2]
        return ""

    def within(self, *names: str) -> ast.Call | None:
        """The `with` of one of these context managers that an own frame stands in."""
        for spot in reversed(self.own):
            if (statement := self.statement_at(spot)) is None:
                continue
            for node in [statement, *self.ancestors(statement)]:
                if isinstance(node, ast.With):
                    for item in node.items:
                        call = item.context_expr
                        if isinstance(call, ast.Call) and self.known(call.func, spot) in names:
                            return call
        return None


_TRANSFORMATIONS = {
    "jax.jit", "jax.vmap", "jax.grad", "jax.value_and_grad", "jax.jacfwd", "jax.jacrev",
    "jax.jacobian", "jax.hessian", "jax.checkpoint", "jax.remat", "jax.linearize", "jax.pmap",
    "jnp.vectorize", "jax.custom_jvp", "jax.custom_vjp",
}  # fmt: skip


def _read(node: ast.AST | None) -> list[str]:
    """The names, and names of attributes, that a piece of code reads."""
    found = []
    for each in ast.walk(node) if node is not None else ():
        if isinstance(each, ast.Name):
            found.append(each.id)
        elif isinstance(each, ast.Attribute):
            found.append(each.attr)
    return found


def same_scope(body: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """All nodes below some statements, in order, but for the insides of functions and classes."""
    for node in body:
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            yield from same_scope(list(ast.iter_child_nodes(node)))


def _is_jit(value: object) -> bool:
    return is_jitted(value) and not public_name(value)


def _own_names(owner: object) -> dict[str, Any]:
    """An object's own dictionary, without asking its class for it."""
    try:
        found = object.__getattribute__(owner, "__dict__")
    except AttributeError:
        return {}
    return found if type(found) is dict else {}


def public_name(value: object) -> str:
    """The name a learner calls it by, "jnp.sin" for example; empty where it has none."""
    name, thing = _names().get(id(value), ("", None))
    return name if thing is value else ""


@functools.cache
def _names() -> dict[int, tuple[str, object]]:
    modules = {
        "jnp": jnp, "np": np, "lax": lax, "jax": jax, "jax.random": jax.random,
        "jax.nn": jax.nn, "jax.tree": jax.tree, "jax.debug": jax.debug, "jnp.linalg": jnp.linalg,
        "jnp.fft": jnp.fft, "np.linalg": np.linalg, "np.random": np.random, "math": math,
        "builtins": builtins, "functools": functools, "jax.errors": jax.errors,
        "dataclasses": dataclasses, "jax.tree_util": jax.tree_util,
    }  # fmt: skip
    found: dict[int, tuple[str, object]] = {}
    for prefix, module in modules.items():
        for name, thing in vars(module).items():
            if name.startswith("_") or not callable(thing):
                continue
            short = name if prefix == "builtins" else f"{prefix}.{name}"
            found.setdefault(id(thing), (short, thing))
    return found
