"""Answers about shapes, and results of another shape."""

import ast
import math

from jax_koans.clinic.answer import Answer
from jax_koans.clinic.finding import Finding
from jax_koans.i18n import _, plural

Shape = tuple[int, ...]


def shape(answer: Answer) -> Finding | None:
    """A shape that was asked for, or the shape of an array that was."""
    yours, true = answer.yours, answer.true
    if (
        yours.kind in ("array", "ndarray")
        and true.kind in ("array", "ndarray")
        and yours.shape is not None
        and true.shape is not None
    ):
        return None if yours.shape == true.shape else _differ(answer, yours.shape, true.shape)
    if not _is_shape(true.plain) or true.kind != "tuple" or not _asked(answer):
        return None
    if yours.kind == "int":
        return Finding(
            "number-for-shape",
            _(
                "A shape is a tuple with a length for each axis, even if there is only one axis:"
                " (3,)."
            ),
            _("(n,) has one axis, n alone is a number, () is the shape of a single number."),
        )
    if yours.kind == "list":
        return Finding(
            "list-for-shape",
            _("A shape is a tuple, and a list equals no tuple."),
            _("Round brackets: (2, 3); with one axis (3,)."),
        )
    if not _is_shape(yours.plain) or yours.kind != "tuple":
        return Finding(
            "value-for-shape",
            _("Asked is a shape: a tuple of lengths, one for each axis."),
            _("For example (2, 3); with one axis (3,), without axes ()."),
        )
    return _differ(answer, yours.plain, true.plain)


def _asked(answer: Answer) -> bool:
    return (
        answer.asks_for("shape")
        or "shape" in answer.attributes
        or (
            isinstance(answer.left, ast.Call | ast.Name | ast.Subscript)
            and not answer.attributes & {"count", "runs"}
        )
    )


def _is_shape(value: object) -> bool:
    return isinstance(value, tuple) and all(type(each) is int and each >= 0 for each in value)


def _differ(answer: Answer, yours: Shape, true: Shape) -> Finding | None:
    if yours == true:
        return None
    if sorted(yours) == sorted(true):
        return Finding(
            "axes-in-other-order",
            _("The same lengths in another order: the axes are swapped."),
            _order_of_axes(answer),
        )
    if len(yours) != len(true):
        more = len(yours) > len(true)
        long, short = (yours, true) if more else (true, yours)
        if [each for each in long if each != 1] == [each for each in short if each != 1]:
            return Finding(
                "axis-of-length-one",
                _("They differ by an axis of length 1: (3, 1), (1, 3) and (3,) are three shapes."),
                _("x[:, None] and keepdims=True make such an axis; x[:, 0] and a sum drop it."),
            )
        if jacobian := _jacobian(answer):
            return Finding("axis-too-many" if more else "axis-missing", *jacobian)
        return Finding(
            "axis-too-many" if more else "axis-missing",
            plural(
                "Yours has {yours} axis, and there are {true}.",
                "Yours has {yours} axes, and there are {true}.",
                len(yours),
            ).format(yours=len(yours), true=len(true))
            + " "
            + _(
                "A sum or a mean without axis= goes over all axes, with axis= it drops one; a plain"
                " index drops an axis, a slice keeps it; vmap adds the mapped axis in front, and"
                " inside the mapped function that axis is not there."
            ),
            _("Count: which axes go in, and what does each step do to them?"),
        )
    if math.prod(yours) == math.prod(true):
        return Finding(
            "same-size-other-shape",
            _("As many elements, laid out in another way."),
            _("A reshape keeps their order; which lengths does it ask for?"),
        )
    different = [pair for pair in zip(yours, true, strict=True) if pair[0] != pair[1]]
    if all(1 in pair for pair in different) and len(true) > 1:
        return Finding(
            "broadcast-axis",
            _("Where one array has length 1 and the other n, the result has n: broadcasting."),
            _("Compare the shapes axis by axis, from the last one on."),
        )
    if jacobian := _jacobian(answer):
        return Finding("other-length", *jacobian)
    if all(abs(one - two) == 1 and min(one, two) > 1 for one, two in different):
        return Finding(
            "axis-off-by-one",
            _(
                "One element more or less: n intervals have n + 1 ends, a difference has n - 1. Or"
                " it is the length of another axis."
            ),
            _("Count the elements of a small case."),
        )
    return Finding(
        "other-length",
        _("The number of axes is right, and a length differs."),
        _("Which input does that axis come from?"),
    )


def _jacobian(answer: Answer) -> tuple[str, str] | None:
    """Where the shape of derivatives is asked for: what it is made of, and what to do."""
    if not answer.transformed & {"jacfwd", "jacrev", "jacobian", "hessian"}:
        return None
    return (
        _(
            "The shape of a jacobian is that of the output and then that of the input, each with"
            " all its axes and lengths. A hessian is the jacobian of the gradient, which has the"
            " shape of the input."
        ),
        _("Write the two shapes down, one behind the other."),
    )


def _order_of_axes(answer: Answer) -> str:
    """What decides the order of axes, by what the code uses."""
    if answer.scene.uses("jax.jacfwd", "jax.jacrev", "jax.jacobian", "jax.hessian"):
        return _("A jacobian has the outputs' axes first, then the inputs'.")
    if answer.scene.uses("jax.vmap"):
        return _(
            "Of two nested vmaps the outer one makes the first axis, out_axes puts it elsewhere;"
            " x.T swaps axes."
        )
    return _("An array of the shape (n, m) has n rows of m elements; x.T swaps its axes.")


def computed(answer: Answer) -> Finding | None:
    """A result of another shape: what it is, without a guess at the reason."""
    if answer.true.kind == "tuple" and "shape" not in answer.attributes:
        return None  # a pair of something else
    found = shape(answer)
    if found is None or found.misconception not in _PLAIN:
        return found
    shapes = [
        each.plain if each.kind == "tuple" else each.shape for each in (answer.yours, answer.true)
    ]
    return Finding(
        found.misconception,
        _("Yours has the shape {yours}, and {true} is wanted.").format(
            yours=shapes[0], true=shapes[1]
        ),
        _("Count: which axes go in, and what does each step do to them?"),
    )


_PLAIN = {"axis-too-many", "axis-missing", "axis-off-by-one", "other-length"}
RULES = (shape,)
COMPUTED = (computed,)
