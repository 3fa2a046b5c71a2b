"""jax.eval_shape without its stand-in, and jax.debug.print with a format that does not fit."""

import ast
import string

from jax_koans.clinic.finding import Finding
from jax_koans.clinic.scene import Scene
from jax_koans.clinic.words import code
from jax_koans.i18n import _


def bare_shape(scene: Scene) -> Finding | None:
    """jax.eval_shape(f, shape): the shape is taken for a container of numbers."""
    for spot in scene.own:
        node = scene.expression(spot)
        if not isinstance(node, ast.Call) or scene.called(node, spot) != "jax.eval_shape":
            continue
        for each in node.args[1:]:
            value = scene.value(each, spot)
            if type(value) is tuple and value and all(type(one) is int for one in value):
                return Finding(
                    "bare-shape",
                    _(
                        "{code} is a plain tuple: eval_shape takes it for a container of numbers,"
                        " and not for the shape of an array."
                    ).format(code=code(each)),
                    _("jax.ShapeDtypeStruct(shape, dtype) stands for an array."),
                )
    return None


def stand_in(scene: Scene) -> Finding | None:
    """jax.ShapeDtypeStruct(dtype, shape), and jax.eval_shape(f) without what f takes."""
    node = scene.node
    if not isinstance(node, ast.Call) or type(scene.error) is not TypeError or not node.args:
        return None
    called = scene.called(node)
    kinds = [type(scene.value(each)) for each in node.args]
    if called == "jax.ShapeDtypeStruct" and len(kinds) == 2 and kinds[0] is not kinds[1] is tuple:
        return Finding(
            "wrong-number-of-arguments",
            _("{code} hands over the dtype first, and the shape comes first.").format(
                code=code(node)
            ),
            _("In order: jax.ShapeDtypeStruct(shape, dtype), or by name."),
        )
    if called == "jax.eval_shape" and len(node.args) == 1 and not node.keywords:
        return Finding(
            "wrong-number-of-arguments",
            _("eval_shape traces f at once, and gets nothing here that f takes."),
            _("jax.eval_shape(f, x), and not jax.eval_shape(f)(x)."),
        )
    return None


def debug_format(scene: Scene) -> Finding | None:
    """jax.debug.print("speed", speed): a value without its place in the format."""
    node = scene.node
    if not isinstance(node, ast.Call) or scene.called(node) != "jax.debug.print" or not node.args:
        return None
    text = scene.value(node.args[0])
    if not isinstance(text, str):
        return None
    places = [
        name for _text, name, _spec, _end in string.Formatter().parse(text) if name is not None
    ]
    if len(places) == len(node.args) - 1 + len(node.keywords):
        return None
    return Finding(
        "debug-print-format",
        _("The format has another number of places than there are values to show."),
        _('A pair of braces is a place: jax.debug.print("x = {}, y = {y}", x, y=y).'),
    )


RULES = (bare_shape, stand_in, debug_format)
