"""Calls that give a function other arguments than it takes."""

import ast
import dataclasses
import inspect
from typing import Any

from jax_koans.clinic.finding import Finding
from jax_koans.clinic.scene import Function, Scene
from jax_koans.clinic.words import listed
from jax_koans.i18n import _


def parameters_of(function: Function | None) -> list[str]:
    if function is None:
        return []
    arguments = function.args
    return [each.arg for each in arguments.posonlyargs + arguments.args + arguments.kwonlyargs]


def constants_in(node: ast.expr) -> list[Any]:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return []
    return list(value) if isinstance(value, tuple | list) else [value]


def wrong_number(
    function: Function, node: ast.Call, bound: int = 0, spread: int = 0
) -> Finding | None:
    """A call with too many or too few arguments; `bound` of them are given otherwise (self), and
    one argument with a star stands for `spread` of them.
    """
    arguments = function.args
    starred = sum(isinstance(each, ast.Starred) for each in node.args)
    if (
        arguments.vararg
        or arguments.kwarg
        or (starred and not (starred == 1 and spread))
        or any(each.arg is None for each in node.keywords)
    ):
        return None
    given = len(node.args) - starred + spread
    positional = [each.arg for each in arguments.posonlyargs + arguments.args][bound:]
    named = {each.arg for each in node.keywords if each.arg}
    known = {*positional, *(each.arg for each in arguments.kwonlyargs)}
    called = function.name if isinstance(function, ast.FunctionDef) else _("The lambda")
    optional = len(arguments.defaults)
    needed = positional[: len(positional) - optional] if optional else positional
    unknown = sorted(named - known)
    missing = [each for each in needed[given:] if each not in named]
    if not unknown and not missing and given <= len(positional):
        return None
    if unknown:
        why = _("{function} has no argument called {name}.").format(
            function=called, name=unknown[0]
        )
    elif missing:
        why = _("{function} is called without {names}.").format(
            function=called, names=listed(missing)
        )
    else:
        why = _("{function} takes {count} arguments, and the call gives {given}.").format(
            function=called, count=len(positional), given=given
        )
    return Finding(
        "wrong-number-of-arguments",
        why,
        _("Its arguments are: {parameters}.").format(parameters=listed(positional) or "-"),
    )


def fields(scene: Scene) -> Finding | None:
    """An object of a dataclass is made with other fields than it has."""
    node = scene.node
    if not isinstance(node, ast.Call) or type(scene.error) is not TypeError:
        return None
    made = scene.value(node.func)
    if not isinstance(made, type) or not dataclasses.is_dataclass(made):
        return None
    known = [each.name for each in dataclasses.fields(made) if each.init]
    return Finding(
        "wrong-number-of-arguments",
        _("{name} has the fields {fields}, and the call gives {given} arguments.").format(
            name=made.__name__, fields=listed(known) or "-", given=len(node.args + node.keywords)
        ),
        _("A field is written with a type, `name: type`; `name = value` alone makes none."),
    )


def signature(scene: Scene) -> Finding | None:
    """A function of JAX is called with an argument that it does not have, or with too few."""
    node = scene.node
    if not isinstance(node, ast.Call) or type(scene.error) is not TypeError:
        return None
    name = scene.called(node)
    if not name.startswith(("jax.", "jnp.", "lax.", "dataclasses.")) or any(
        isinstance(each, ast.Starred) for each in node.args
    ):
        return None
    try:
        known = inspect.signature(scene.value(node.func))
    except (TypeError, ValueError):  # some have none
        return None
    given = [each.arg for each in node.keywords if each.arg]
    flexible = any(each.kind is each.VAR_KEYWORD for each in known.parameters.values())
    unknown = [each for each in given if each not in known.parameters and not flexible]
    if unknown:
        return Finding(
            "unknown-keyword",
            _("{function} has no argument called {name}.").format(function=name, name=unknown[0]),
            _("It has: {names}.").format(
                names=listed([each for each in known.parameters if not each.startswith("_")][:8])
            ),
        )
    try:
        known.bind(*node.args, **dict.fromkeys(given))
    except TypeError:
        return Finding(
            "wrong-number-of-arguments",
            _("{function} is called with too many arguments, or too few.").format(function=name),
            _("It is {function}{signature}.").format(
                function=name,
                signature="(" + listed(list(known.parameters)[:6]) + ")",
            ),
        )
    return None


RULES = (fields, signature)
