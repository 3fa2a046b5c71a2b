"""What jit, vmap, grad and their like refuse, at the line that makes or calls them."""

import ast

import jax

from jax_koans.clinic.batching import other_axes, vmapped
from jax_koans.clinic.calls import wrong_number
from jax_koans.clinic.compiling import (
    no_array_back,
    not_arrays,
    on_a_method,
    unhashable,
    unknown_static,
)
from jax_koans.clinic.derivatives import (
    GRADS,
    REVERSE,
    by_integers,
    differentiated,
    pulled,
    pushed,
    walked_back,
)
from jax_koans.clinic.finding import Finding
from jax_koans.clinic.nature import is_function, is_shaped
from jax_koans.clinic.scene import UNKNOWN, Scene
from jax_koans.clinic.words import code
from jax_koans.i18n import _

_OF_FUNCTIONS = (
    *REVERSE, "jax.jvp", "jax.vjp", "jax.linearize", "jax.make_jaxpr", "jax.eval_shape", "jax.jit",
    "jax.vmap", "jax.jacfwd", "jax.checkpoint", "jnp.vectorize",
)  # fmt: skip


# These take the arguments of the function beside it.
_WITH_ARGUMENTS = ("jax.jvp", "jax.vjp", "jax.linearize", "jax.eval_shape")


def making(scene: Scene) -> Finding | None:
    """The call jax.jit(...), jax.vmap(...), jax.grad(...) itself raised."""
    node = scene.node
    if not isinstance(node, ast.Call):
        return None
    name = scene.called(node)
    if name == "functools.partial" and node.args:
        name = scene.known(node.args[0])
    if name == "jax.jit" and (found := _number_by_name(scene, node)):
        return found
    if name == "jax.jit" and isinstance(scene.error, ValueError):
        return unknown_static(scene, node)
    if not name.startswith(("jax.", "lax.", "jnp.")) or not node.args:
        return None
    if name in _OF_FUNCTIONS and (found := _not_a_function(scene, node, name)) is not None:
        return found
    if name == "jax.eval_shape" and (found := no_array_back(scene, node.args[0])):
        return found
    if name in (*REVERSE, "jax.jacfwd") and any(
        each.arg == "argnums" and isinstance(scene.value(each.value), str) for each in node.keywords
    ):
        return Finding(
            "argnums-outside",
            _("argnums takes the position of an argument, a number, and no name."),
            _("The first argument is number 0; several are a tuple: argnums=(0, 1)."),
        )
    if name in ("jax.jvp", "jax.vjp") and isinstance(scene.error, TypeError | ValueError):
        return pushed(scene, node, name)
    if name == "jax.vmap" and isinstance(scene.error, TypeError | ValueError):
        return Finding(
            "in-axes-kind",
            _(
                "in_axes is one axis number or None for all arguments, or a tuple with an entry"
                " for each; an entry is a number, None, or a container of them."
            ),
            _("For example in_axes=(0, None): rows of the first argument, all of the second."),
        )
    return None


def _number_by_name(scene: Scene, node: ast.Call) -> Finding | None:
    for each in node.keywords:
        if each.arg == "static_argnums" and isinstance(scene.value(each.value), str):
            return Finding(
                "unknown-static-name",
                _("static_argnums counts positions, and {code} is a name.").format(
                    code=code(each.value)
                ),
                _("Names go to static_argnames; the first position is 0."),
            )
    return None


def _not_a_function(scene: Scene, node: ast.Call, name: str) -> Finding | None:
    if not isinstance(scene.error, TypeError):
        return None
    first = node.args[0]
    value = scene.value(first)
    plain = isinstance(first, ast.Call) and not scene.transformations(first)
    if value is UNKNOWN and not plain and not isinstance(first, ast.BinOp):
        return None
    if value is not UNKNOWN and is_function(value):
        return None
    short = name.rpartition(".")[2]
    if type(value) in (list, tuple):
        return Finding(
            "called-too-early",
            _("{transformation} wants one function, and {code} is a {kind}.").format(
                transformation=short, code=code(first), kind=type(value).__name__
            ),
            _("Write a function that calls each of them, and hand that in."),
        )
    return Finding(
        "called-too-early",
        _("{transformation} wants a function, and {code} is {what}.").format(
            transformation=short,
            code=code(first),
            what=_("the result of a call") if plain else _("a value"),
        ),
        _("The function itself, then what it is called with: jax.{short}(f, ...).").format(
            short=short
        )
        if name in _WITH_ARGUMENTS
        else _("First transform, then call: jax.{short}(f)(x), not jax.{short}(f(x)).").format(
            short=short
        ),
    )


def calling(scene: Scene) -> Finding | None:
    """A transformed function was called, and refused what it was given."""
    node = scene.node
    if not isinstance(node, ast.Call) or not isinstance(scene.error, TypeError | ValueError):
        return None
    factory = node.func if isinstance(node.func, ast.Call) else None
    if (
        factory
        and scene.called(factory) == "jax.jit"
        and (named := _number_by_name(scene, factory))
    ):
        return named
    if scene.called(node):
        return on_a_method(scene, node)
    chain = scene.transformations(node.func)
    if not chain:
        made = isinstance(node.func, ast.Call) and scene.called(node.func) == "jax.make_jaxpr"
        return _arity(scene, node) if made else None
    names = [each.name for each in chain]
    if found := _arity(scene, node):
        return found
    if names[0] == "jnp.vectorize" and isinstance(scene.error, ValueError):
        return Finding(
            "vectorize-signature",
            _(
                "The signature says which axes the function itself gets and answers with, as in"
                ' "(n),(m)->(k)". What came in or out has other axes.'
            ),
            _("A letter for each axis, one letter for one length; () is a single number."),
        )
    if isinstance(scene.error, ValueError):
        mapped = "jax.vmap" in names
        found = vmapped(scene, node, chain) if mapped else None
        if found is None and any(name in REVERSE for name in names):
            found = walked_back(scene, node, chain)
        if found is not None or mapped:
            return found or other_axes(scene, node)
    if "jax.vmap" in names and isinstance(scene.error, TypeError):
        for each, value in scene.arguments(node):
            if value is not UNKNOWN and is_function(value):
                return Finding(
                    "not-an-array-argument",
                    _("{code} is a function, and vmap maps arrays.").format(code=code(each)),
                    _("What is not mapped gets None in in_axes; or close over it with a lambda."),
                )
    if scene.returns_function(scene.definition(node.func)):
        return Finding(
            "function-for-value",
            _("{code} returns a function, and its value at some x is meant.").format(
                code=code(node.func)
            ),
            _("Call it: f(x). And jax.vmap(f), jax.grad(f), jax.jit(f) are functions too."),
        )
    if found := no_array_back(scene, node.func):
        return found
    if names[0] == "jax.jit" and isinstance(scene.error, ValueError):
        return unhashable(scene, node, chain[0].call)
    if any(name in GRADS for name in names) and isinstance(scene.error, TypeError):
        return differentiated(scene, node, chain)
    if names[0] == "jax.jit":
        return not_arrays(scene, node)
    if any(name in (*REVERSE, "jax.jacfwd") for name in names):
        return by_integers(scene, node, chain)
    return None


def _arity(scene: Scene, node: ast.Call) -> Finding | None:
    if not isinstance(scene.error, TypeError):
        return None
    if scene.holds_arguments(node.func):
        return None  # a partial has given some of them
    function = scene.definition(node.func) or scene.handed_back(node.func)
    return None if function is None else wrong_number(function, node, spread=_spread(scene, node))


def _spread(scene: Scene, node: ast.Call) -> int:
    """How many arguments the starred one of a call stands for; 0 where that is unknown."""
    starred = [each.value for each in node.args if isinstance(each, ast.Starred)]
    if len(starred) != 1:
        return 0
    if isinstance(starred[0], ast.Call) and isinstance(starred[0].func, ast.Attribute):
        owner = scene.value(starred[0].func.value)
        of_a_dict = starred[0].func.attr in ("values", "keys", "items")
        return len(owner) if of_a_dict and type(owner) is dict else 0
    value = scene.value(starred[0])
    return len(value) if type(value) in (tuple, list) else 0


def ahead_of_time(scene: Scene) -> Finding | None:
    """`.lower(...)` of a jitted function, and what `.compile()` gave."""
    node = scene.node
    if not isinstance(node, ast.Call) or not isinstance(scene.error, TypeError | ValueError):
        return None
    if isinstance(scene.value(node.func), jax.stages.Compiled):
        return Finding(
            "compiled-for-one-type",
            _(
                "{code} was compiled ahead of time, for one shape and one dtype of each argument,"
                " and it never traces again."
            ).format(code=code(node.func)),
            _("Compile one for each shape, or call the jitted function, which traces anew."),
        )
    method = node.func
    if not isinstance(method, ast.Attribute) or method.attr != "lower":
        return None
    if not scene.transformations(method.value):
        return None
    if found := no_array_back(scene, method.value):
        return found
    given = [value for _each, value in scene.arguments(node)]
    if given and all(isinstance(each, jax.ShapeDtypeStruct) or is_shaped(each) for each in given):
        return None
    return Finding(
        "lower-arguments",
        _(
            "lower takes what the function takes: arrays, or for each a"
            " jax.ShapeDtypeStruct(shape, dtype)."
        ),
        _("jax.jit(f).lower(x).compile()"),
    )


RULES = (
    ahead_of_time,
    making,
    pulled,
    calling,
)
