"""jax.eval_shape without its stand-in, and jax.debug.print with a format that does not fit."""

import ast
import string

from jax_koans.clinic.finding import Finding
from jax_koans.clinic.nature import is_jax
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
    """jax.ShapeDtypeStruct(dtype, shape) or of an array; what is missing beside it, or first."""
    node = scene.node
    if not isinstance(node, ast.Call) or not node.args:
        return None
    called = scene.called(node)
    for each in ast.walk(node):
        if not isinstance(each, ast.Call) or scene.called(each) != "jax.ShapeDtypeStruct":
            continue
        if each.args and is_jax(scene.value(each.args[0])):
            return Finding(
                "stand-in-for-array",
                _("ShapeDtypeStruct wants a shape first, and {code} is an array.").format(
                    code=code(each.args[0])
                ),
                _("Its shape is {code}.shape.").format(code=ast.unparse(each.args[0])[:30]),
            )
    if called == "jax.pure_callback" and scene.called(node.args[0]) == "jax.ShapeDtypeStruct":
        return Finding(
            "wrong-number-of-arguments",
            _("pure_callback wants the function first, and gets what comes back of it."),
            _("In order: jax.pure_callback(f, what_comes_back, *arguments)."),
        )
    if type(scene.error) is not TypeError:
        return None
    tuples = [_is_tuple(scene, each) for each in node.args]
    if called == "jax.ShapeDtypeStruct" and tuples == [False, True]:
        return Finding(
            "wrong-number-of-arguments",
            _("{code} hands over the dtype first, and the shape comes first.").format(
                code=code(node)
            ),
            _("In order: jax.ShapeDtypeStruct(shape, dtype), or by name."),
        )
    if called == "jax.eval_shape" and scene.definition(node.args[0]) and len(node.args) == 1:
        return Finding(
            "wrong-number-of-arguments",
            _("eval_shape traces f at once, and gets nothing here that f takes."),
            _("jax.eval_shape(f, x), and not jax.eval_shape(f)(x)."),
        )
    return None


def _is_tuple(scene: Scene, node: ast.expr) -> bool:
    return isinstance(node, ast.Tuple) or type(scene.value(node)) is tuple


def debug_format(scene: Scene) -> Finding | None:
    """jax.debug.print("speed", speed): a value without its place in the format."""
    node = scene.node
    if not isinstance(node, ast.Call) or scene.called(node) != "jax.debug.print" or not node.args:
        return None
    text = scene.value(node.args[0])
    if is_jax(text):
        return Finding(
            "debug-print-format",
            _("jax.debug.print wants a format first, a text, and {code} is an array.").format(
                code=code(node.args[0])
            ),
            _('A pair of braces is its place: jax.debug.print("x = {}", x).'),
        )
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
