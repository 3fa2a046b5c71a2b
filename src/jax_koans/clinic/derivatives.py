"""What grad, jvp, vjp and their like refuse."""

import ast
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jax_koans.clinic.calls import constants_in, parameters_of
from jax_koans.clinic.compiling import statics, traced_static
from jax_koans.clinic.finding import Finding
from jax_koans.clinic.loops import forgotten_return, returns_nothing
from jax_koans.clinic.nature import is_shaped
from jax_koans.clinic.scene import Function, Scene, Transformation, same_scope
from jax_koans.clinic.words import code, of_type
from jax_koans.i18n import _

GRADS = ("jax.grad", "jax.value_and_grad")


REVERSE = (*GRADS, "jax.jacrev", "jax.jacobian", "jax.hessian")


def pushed(scene: Scene, node: ast.Call, name: str) -> Finding | None:
    """What jvp and vjp are given beside the function."""
    if name == "jax.vjp":
        function = scene.definition(node.args[0])
        if function is None or function.args.vararg or isinstance(scene.error, ValueError):
            return None
        if len(node.args) - 1 == len(function.args.posonlyargs + function.args.args):
            return None
        return Finding(
            "vjp-arguments",
            _("vjp(f, x, ...) takes the function and its arguments as they are, and nothing else."),
            _("The weights go into what it answers: y, pull = jax.vjp(f, x); (slope,) = pull(w)."),
        )
    written = "y, change = jax.jvp(f, (x,), (direction,))"
    if isinstance(scene.error, TypeError):
        return Finding(
            "jvp-arguments",
            _(
                "jvp takes the arguments in one tuple and the directions in another, with an entry"
                " for each argument, floats of the same dtypes."
            ),
            _("{code}; with one argument too.").format(code=written),
        )
    return Finding(
        "jvp-arguments",
        _("A direction has the shape of the argument that it moves: jvp pushes inputs forward."),
        _("{code}. Weights of the outputs belong to vjp.").format(code=written),
    )


def pulled(scene: Scene) -> Finding | None:
    """The function that vjp answers with was called with something else than weights."""
    node = scene.node
    if (
        not isinstance(node, ast.Call)
        or not isinstance(node.func, ast.Name)
        or not isinstance(scene.error, TypeError | ValueError)
        or scene.function is None
        or isinstance(scene.function, ast.Lambda)
    ):
        return None
    for each in same_scope(scene.function.body):
        if (
            isinstance(each, ast.Assign)
            and isinstance(each.value, ast.Call)
            and scene.called(each.value) == "jax.vjp"
            and node.func.id in [name.id for name in ast.walk(each) if isinstance(name, ast.Name)]
        ):
            return Finding(
                "vjp-weights",
                _(
                    "What vjp answers with goes from the outputs back: it takes one weighting, with"
                    " the shape, dtype and nesting of the function's result, no tuple around it."
                ),
                _("(slope,) = pull(weights): the answer has an entry for each argument."),
            )
    return None


def walked_back(scene: Scene, node: ast.Call, chain: list[Transformation]) -> Finding | None:
    """What grad sends in is a tracer: no static argument, and nothing to walk a while_loop back."""
    made = next(each for each in chain if each.name in REVERSE)
    inner = chain[chain.index(made) + 1 :]
    for each in inner:
        numbers = statics(scene, node, each.call)[0] if each.name == "jax.jit" else []
        both = set(numbers) & set(_argnums(made.call))
        parameters = parameters_of(scene.definition(node.func))
        if both and max(both) < len(parameters):
            return traced_static(parameters[min(both)])
    if not scene.uses("lax.while_loop", "lax.fori_loop"):
        return None
    return Finding(
        "reverse-mode-of-while",
        _(
            "Reverse mode walks a loop backwards and needs every turn's values, and how many turns"
            " a while_loop (or a fori_loop with a traced bound) makes is not known."
        ),
        _(
            "A fixed number of turns: lax.scan, or fori_loop with plain bounds. With few inputs"
            " forward mode goes through: jax.jacfwd, jax.jvp. Where a loop comes to rest, the"
            " equation that holds there gives its derivative, without the turns."
        ),
    )


def _argnums(call: ast.Call | None) -> list[int]:
    for keyword in call.keywords if call else []:
        if keyword.arg == "argnums":
            return [each for each in constants_in(keyword.value) if type(each) is int]
    if call and len(call.args) > 1:
        return [each for each in constants_in(call.args[1]) if type(each) is int]
    return [0]


def _counts_turns(scene: Scene, node: ast.expr) -> bool:
    """Whether a name is the first argument of a fori_loop's body, which runs now."""
    if not isinstance(node, ast.Name) or len(scene.own) < 2:
        return False
    around = scene.expression(scene.own[-2])
    return (
        parameters_of(scene.function)[:1] == [node.id]
        and isinstance(around, ast.Call)
        and scene.called(around, scene.own[-2]) == "lax.fori_loop"
    )


def by_integers(scene: Scene, node: ast.Call, chain: list[Transformation]) -> Finding | None:
    made = next(
        (each for each in chain if each.name in (*REVERSE, "jax.jacfwd")),
        None,
    )
    for number in _argnums(made.call if made else None):
        if number >= len(node.args):
            continue
        value = scene.value(node.args[number])
        if (number_type := _integer(value)) is not None:
            if _counts_turns(scene, node.args[number]):
                return Finding(
                    "loop-argument-order",
                    _(
                        "lax.fori_loop calls its body with (i, carry), by position: {code} stands"
                        " first, so it is the number of the turn."
                    ).format(code=code(node.args[number])),
                    _("The body is f(i, carry), and answers with the next carry."),
                )
            return Finding(
                "grad-of-int",
                _(
                    "{code} is {type}, and a derivative needs a number that can move a little."
                ).format(code=code(node.args[number]), type=number_type),
                _("Give a float: 3.0 instead of 3, or x.astype(float)."),
            )
    return None


def _integer(value: Any) -> str | None:
    if type(value) in (int, bool):
        return _("a Python {type}").format(type=type(value).__name__)
    if isinstance(value, jax.Array | np.ndarray | np.generic):
        array: Any = value
        if jnp.issubdtype(array.dtype, jnp.integer) or array.dtype == bool:
            return of_type(array)
    return None


def differentiated(scene: Scene, node: ast.Call, chain: list[Transformation]) -> Finding | None:
    if found := by_integers(scene, node, chain):
        return found
    made = next(each for each in chain if each.name in GRADS)
    if any(number >= len(node.args) for number in _argnums(made.call)) and not any(
        isinstance(each, ast.Starred) for each in node.args
    ):
        return Finding(
            "argnums-outside",
            _("argnums counts arguments by position, from 0, and the call gives {count}.").format(
                count=len(node.args)
            ),
            _("The first argument is number 0; give by position what is differentiated by."),
        )
    if found := _complex(scene, node, made):
        return found
    function = scene.definition(node.func)
    with_aux = False
    if function is not None:
        if returns_nothing(function):
            return forgotten_return(function)
        if isinstance(called := _last(function), ast.Call):
            inner = scene.definition(called.func)
            if inner is not None and returns_nothing(inner):
                return forgotten_return(inner)
        with_aux = made.call is not None and any(
            each.arg == "has_aux" for each in made.call.keywords
        )
        if with_aux and not _may_return_pair(function):
            return Finding(
                "aux-without-pair",
                _(
                    "With has_aux=True {function} must answer with a pair, (number, anything)."
                ).format(function=_name(function)),
                _("return loss, extra; or leave has_aux out."),
            )
        if not with_aux and _returns_tuple(function):
            return Finding(
                "grad-of-tuple",
                _(
                    "grad differentiates one number, and {function} answers with several things."
                ).format(function=_name(function)),
                _(
                    "has_aux=True takes a pair (number, anything): it differentiates the first and"
                    " hands the second through."
                ),
            )
    if any(isinstance(each, ast.Starred) for each in node.args):
        return None  # perhaps it gets other arguments than it takes
    if made.call is not None and any(each.arg == "holomorphic" for each in made.call.keywords):
        return Finding(
            "grad-of-complex",
            _("With holomorphic=True one complex number goes in, and one comes out."),
            _("Is each of them complex, and of shape ()? vmap maps such a derivative over many."),
        )
    name = _name(function) if function is not None else code(node.func)
    if chain[chain.index(made) + 1 :] and made.call is not None and made.call.args:
        name = code(made.call.args[0])  # jax.grad(f) answers otherwise than f
    if with_aux:
        return Finding(
            "grad-of-non-scalar",
            _(
                "With has_aux=True the first thing that {function} answers with is what grad"
                " differentiates: one float, of shape ()."
            ).format(function=name),
            _("return loss, extra: the number comes first."),
        )
    return Finding(
        "grad-of-non-scalar",
        _(
            "grad wants a function that answers with one float, of shape (): no array, no int, no"
            " complex number, no tuple. {function} answers with something else."
        ).format(function=name[0].upper() + name[1:] if " " in name else name),
        _(
            "Make it one number, by a sum or a mean; for a slope at each point vmap the grad; for"
            " all derivatives of an array jax.jacfwd or jax.jacrev."
        ),
    )


def _complex(scene: Scene, node: ast.Call, made: Transformation) -> Finding | None:
    """Complex numbers, which grad takes only where it is told that the function is holomorphic."""
    told = made.call is not None and any(each.arg == "holomorphic" for each in made.call.keywords)
    dtypes = [
        value.dtype
        for number, each in enumerate(node.args)
        if number in _argnums(made.call) and is_shaped(value := scene.value(each))
    ]
    if not dtypes or told is all(jnp.issubdtype(each, jnp.complexfloating) for each in dtypes):
        return None
    return Finding(
        "grad-of-complex",
        _("holomorphic=True says that what goes in and what comes out is complex, and it is not.")
        if told
        else _(
            "Complex numbers go in here, and grad as it is differentiates by real ones: for complex"
            " ones it must be told that the function is holomorphic."
        ),
        _("Which of the two is meant? grad has an argument for it."),
    )


def _last(function: Function) -> ast.expr | None:
    """What a function answers with, where it has one `return`."""
    if isinstance(function, ast.Lambda):
        return function.body
    own = [each for each in same_scope(function.body) if isinstance(each, ast.Return)]
    return own[0].value if len(own) == 1 else None


def _name(function: Function) -> str:
    return function.name if isinstance(function, ast.FunctionDef) else _("the lambda")


def _may_return_pair(function: Function) -> bool:
    """Whether a function answers with tuples, none of which shows that it is no pair."""
    last = _last(function)
    return _returns_tuple(function) and not (
        isinstance(last, ast.Tuple)
        and len(last.elts) != 2
        and not any(isinstance(each, ast.Starred) for each in last.elts)
    )


def _returns_tuple(function: Function) -> bool:
    if isinstance(function, ast.Lambda):
        return isinstance(function.body, ast.Tuple)
    own = [each for each in same_scope(function.body) if isinstance(each, ast.Return)]
    return bool(own) and all(isinstance(each.value, ast.Tuple) for each in own)
