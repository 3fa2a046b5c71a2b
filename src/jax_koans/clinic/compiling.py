"""What jit refuses: unhashable static arguments, arguments that are no arrays, methods."""

import ast
from typing import Any

import jax
import numpy as np

from jax_koans.clinic.calls import constants_in, parameters_of
from jax_koans.clinic.finding import Finding
from jax_koans.clinic.nature import is_function, is_jitted, is_tracer
from jax_koans.clinic.scene import UNKNOWN, Scene
from jax_koans.clinic.words import code, listed
from jax_koans.i18n import _


def unknown_static(scene: Scene, node: ast.Call) -> Finding | None:
    decorated = scene.parents.get(node)
    if isinstance(decorated, ast.FunctionDef) and node in decorated.decorator_list:
        parameters = parameters_of(decorated)
    else:
        parameters = parameters_of(scene.definition(node.args[0])) if node.args else []
    for keyword in node.keywords:
        given = constants_in(keyword.value)
        if keyword.arg == "static_argnames" and parameters:
            unknown = [str(each) for each in given if each not in parameters]
            if unknown:
                return Finding(
                    "unknown-static-name",
                    _(
                        "static_argnames names {unknown}, and the function's arguments are"
                        " {parameters}."
                    ).format(unknown=listed(unknown), parameters=listed(parameters)),
                    _("Give the name as the `def` spells it."),
                )
        if keyword.arg == "static_argnums" and parameters:
            return Finding(
                "unknown-static-name",
                _("static_argnums counts the arguments from 0, and there are {count}.").format(
                    count=len(parameters)
                ),
                _("Or name them: static_argnames."),
            )
    return None


def on_a_method(scene: Scene, node: ast.Call) -> Finding | None:
    """`thing.method(x)` where the class has jit around the method: self is no array."""
    if (
        not isinstance(node.func, ast.Attribute)
        or type(scene.error) is not TypeError
        or scene.value(node.func.value) is UNKNOWN
    ):
        return None
    owner: Any = scene.value(node.func.value)
    method = next(
        (
            vars(base)[node.func.attr]
            for base in type(owner).__mro__
            if node.func.attr in vars(base)
        ),
        None,
    )
    if not is_jitted(method):
        return None
    return Finding(
        "jit-on-method",
        _(
            "jit is around the method {method}, so `self` is one of its arguments, and a {kind} is"
            " neither an array nor a container of arrays."
        ).format(method=node.func.attr, kind=type(owner).__name__),
        _(
            "Compile a plain function of arrays and call it from the method; or register the class"
            " as a pytree."
        ),
    )


def statics(scene: Scene, node: ast.Call, made: ast.Call | None) -> tuple[list[Any], list[Any]]:
    """The positions and the names of the arguments that a jit was told are static."""
    numbers: list[Any] = []
    names: list[Any] = []
    for keyword in made.keywords if made else []:
        if keyword.arg == "static_argnums":
            numbers += constants_in(keyword.value)
        elif keyword.arg == "static_argnames":
            names += constants_in(keyword.value)
    parameters = parameters_of(scene.definition(node.func))
    numbers += [parameters.index(name) for name in names if name in parameters]
    names += [parameters[number] for number in numbers if number in range(len(parameters))]
    return numbers, list(dict.fromkeys(names))


def _made_elsewhere(scene: Scene, node: ast.Call) -> ast.Call | None:
    """The jax.jit(...) behind a function that was handed in, in the frame that made it."""
    function = scene.value(node.func)
    for spot in scene.own[:-1]:
        for name, value in spot.frame.f_locals.items():
            if value is function and isinstance(made := scene.assigned(name, spot), ast.Call):
                chain = scene.transformations(made, spot)
                if chain and chain[0].name == "jax.jit":
                    return chain[0].call
    return None


def _given_as_static(
    scene: Scene, node: ast.Call, made: ast.Call | None
) -> list[tuple[ast.expr, Any]]:
    """The arguments of a call that its jit was told are static; all, where that is unknown."""
    numbers, names = statics(scene, node, made)
    if not numbers and not names:
        return scene.arguments(node)
    chosen = [each for number, each in enumerate(node.args) if number in numbers]
    chosen += [each.value for each in node.keywords if each.arg in names]
    return [(each, scene.value(each)) for each in chosen]


def traced_static(name: str) -> Finding:
    return Finding(
        "tracer-as-static",
        _("{name} is a tracer, and a static argument must be a plain value that hashes.").format(
            name=f"`{name}`"
        ),
        _("Leave that argument traced, and choose by jnp.where instead of by `if`."),
    )


def unhashable(scene: Scene, node: ast.Call, made: ast.Call | None) -> Finding | None:
    made = made or _made_elsewhere(scene, node)
    given = _given_as_static(scene, node, made)
    for each, value in given:
        if is_tracer(value):
            return traced_static(ast.unparse(each))
    kinds = [(each, _unhashable(each, value)) for each, value in given]
    # Where it is not known which are static: an array may well be none of them.
    kinds.sort(key=lambda pair: "array" in pair[1])
    for each, kind in kinds:
        if kind:
            return Finding(
                "unhashable-static",
                _(
                    "{code} is a {kind}, given as a static argument. jit looks traces up by their"
                    " static values, as a dict by its keys, and a {kind} does not hash."
                ).format(code=code(each), kind=kind),
                _("A tuple of numbers hashes, a list and an array do not. Data stays traced."),
            )
    # The variable of a comprehension is gone by now (from Python 3.12 on).
    if any(statics(scene, node, made)) and [value for _node, value in given] == [UNKNOWN]:
        return Finding(
            "unhashable-static",
            _(
                "{code} is given as a static argument. jit looks traces up by their static values,"
                " as a dict by its keys, and what does not hash can be no key."
            ).format(code=code(given[0][0])),
            _("A tuple of numbers hashes, a list and an array do not. Data stays traced."),
        )
    return None


def _unhashable(node: ast.expr, value: Any) -> str:
    literals = {ast.List: "list", ast.ListComp: "list", ast.Dict: "dict", ast.Set: "set"}
    if type(node) in literals:
        return literals[type(node)]
    if isinstance(value, jax.Array):
        return "jax array"
    if type(value) is np.ndarray:
        return "NumPy array"
    return type(value).__name__ if type(value) in (list, dict, set) else ""


def not_arrays(scene: Scene, node: ast.Call) -> Finding | None:
    if type(scene.error) is not TypeError:
        return None
    parameters = parameters_of(scene.definition(node.func))
    for number, (each, value) in enumerate(scene.arguments(node)):
        text = isinstance(value, str)
        function = isinstance(each, ast.Lambda) or (value is not UNKNOWN and is_function(value))
        if not text and not function:
            continue
        keyword = number >= len(node.args)
        name = (
            node.keywords[number - len(node.args)].arg
            if keyword
            else parameters[number]
            if number < len(parameters)
            else None
        )
        return Finding(
            "not-an-array-argument",
            _("{code} is {what}, and jit turns every argument into an array.").format(
                code=code(each), what=_("a string") if text else _("a function")
            ),
            _('What decides the program is static: jax.jit(f, static_argnames="{name}").').format(
                name=name or "..."
            ),
        )
    for each, value in scene.arguments(node):
        if value is UNKNOWN or isinstance(value, jax.Array | np.ndarray | np.generic):
            continue
        if type(value) in (bool, int, float, complex, tuple, list, dict, type(None)):
            continue
        return Finding(
            "not-an-array-argument",
            _(
                "{code} is an object of the class {kind}, and jit takes arrays, numbers, and"
                " containers of them."
            ).format(code=code(each), kind=type(value).__name__),
            _(
                "Hand in the arrays it holds, close over it, or register its class as a pytree:"
                " jax.tree_util.register_dataclass."
            ),
        )
    return None
