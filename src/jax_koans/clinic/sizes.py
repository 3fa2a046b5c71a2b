"""A tracer is asked to be a number: a size, an axis, an index, the end of a slice."""

import ast

import jax
import jax.numpy as jnp

from jax_koans.clinic.calls import parameters_of
from jax_koans.clinic.finding import Finding
from jax_koans.clinic.nature import is_tracer
from jax_koans.clinic.scene import UNKNOWN, Scene
from jax_koans.clinic.traced import STATIC, introduce, traced_name
from jax_koans.clinic.words import code, of_type
from jax_koans.i18n import _

# Functions whose result has as many elements as the values say.
_BY_VALUES = {
    "nonzero", "flatnonzero", "argwhere", "unique", "unique_all", "unique_values",
    "unique_counts", "unique_inverse", "union1d", "intersect1d", "setdiff1d", "setxor1d",
    "extract", "compress",
}  # fmt: skip


# Functions that make a shape of some arguments: their positions, and names if they have any.
_EVERY = tuple(range(9))


_SIZES: dict[str, tuple[tuple[int, ...], tuple[str, ...]]] = {
    "zeros": ((0,), ("shape",)), "ones": ((0,), ("shape",)), "empty": ((0,), ("shape",)),
    "full": ((0,), ("shape",)), "eye": ((0, 1), ("N", "M")), "identity": ((0,), ("n",)),
    "tri": ((0, 1), ("N", "M")), "arange": (_EVERY, ("start", "stop", "step")),
    "linspace": ((2,), ("num",)), "logspace": ((2,), ("num",)), "geomspace": ((2,), ("num",)),
    "repeat": ((1,), ("repeats", "total_repeat_length")), "tile": ((1,), ("reps",)),
    "reshape": (_EVERY[1:], ("shape",)), "resize": ((1,), ("new_shape",)),
    "broadcast_to": ((1,), ("shape",)), "split": ((1,), ("indices_or_sections",)),
    "array_split": ((1,), ("indices_or_sections",)), "one_hot": ((1,), ("num_classes",)),
    "dynamic_slice": ((2,), ("slice_sizes",)), "dynamic_slice_in_dim": ((2,), ("slice_size",)),
    "slice": ((1, 2), ("start_indices", "limit_indices")), "iota": ((1,), ("size",)),
    "pad": ((1,), ("pad_width",)), "diag": ((1,), ("k",)), "scan": ((), ("length",)),
    "normal": ((1,), ("shape",)), "uniform": ((1,), ("shape",)), "randint": ((1,), ("shape",)),
    "choice": ((2,), ("shape",)), "bernoulli": ((2,), ("shape",)), "split_key": ((1,), ("num",)),
    "nonzero": ((), ("size",)), "unique": ((), ("size",)), "vander": ((1,), ("N",)),
}  # fmt: skip


# What is also written where a piece of fixed length is meant.
_PIECES = ("arange", "slice", "dynamic_slice")


def asked_for_a_value(scene: Scene) -> Finding | None:
    """ConcretizationTypeError itself, and the TypeErrors of shapes."""
    plain = type(scene.error) is jax.errors.ConcretizationTypeError
    if not plain and type(scene.error) is not TypeError:
        return None
    node = scene.node
    if not isinstance(node, ast.Call):
        return _without_a_call(scene) if plain else None
    name = scene.called(node)
    short = name.rpartition(".")[2]
    library = name.startswith(("jnp.", "lax.", "jax.", "."))
    sizes = _sizes(node, name) if library else []
    tracers = [pair for each in sizes for pair in scene.tracers(each)]
    if not plain and not tracers:
        return None
    if plain and _axis(node, scene):
        return Finding(
            "axis-from-tracer",
            introduce(scene, _axis(node, scene))
            + " "
            + _("An axis decides the shape of the result, so it must be a plain number."),
            STATIC.format(name=traced_name(scene, _axis(node, scene))),
        )
    told = [each.value for each in node.keywords if each.arg == "size"]
    if plain and library and any(scene.tracers(each) for each in told):
        return Finding(
            "size-from-tracer",
            introduce(scene, told[0])
            + " "
            + _("It is given as the size of a result, and a shape must be known while tracing."),
            _("How many can there be at most? A plain number, or one of a shape."),
        )
    if plain and library and (short in _BY_VALUES or (short == "where" and len(node.args) == 1)):
        return Finding(
            "size-depends-on-values",
            introduce(scene)
            + " "
            + _(
                "How long the result of {name} is depends on values, and while tracing every shape"
                " must be known."
            ).format(name=short),
            _(
                "Give it a fixed length, size=..., with a fill_value=..., or keep the shape and"
                " choose with jnp.where(condition, x, 0)."
            ),
        )
    if plain and library and short in ("bincount", "histogram"):
        return Finding(
            "size-depends-on-values",
            introduce(scene)
            + " "
            + _("How many bins {name} has depends on the largest value.").format(name=short),
            _("Say how many there are: jnp.bincount(x, length=n)."),
        )
    if tracers:
        sized = tracers[0]
        return Finding(
            "size-from-tracer",
            _(
                "`{name}` is a tracer, {type}, and {function} needs it as a size: a shape must be"
                " known while tracing."
            ).format(name=sized[0], type=of_type(sized[1]), function=short),
            _(
                "Where only the place varies, and not the length: start + step * jnp.arange(n) with"
                " a plain n; or lax.dynamic_slice(x, starts, sizes), whose sizes are plain numbers."
            )
            if short in _PIECES and len(node.args) > 1
            else _computed(scene, sized[0]) or STATIC.format(name=sized[0]),
        )
    if not plain:
        return None
    receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
    if short in ("item", "tolist") and receiver is not None and _of_facts(scene, receiver):
        return _of_plain_numbers(receiver)
    if short in ("item", "tolist"):
        return Finding(
            "number-of-tracer",
            introduce(scene)
            + " "
            + _(".{name}() asks for the value itself, and there is none yet.").format(name=short),
            _(
                "Leave it an array: compute with jnp. Take the number out after the compiled"
                " function has returned."
            ),
        )
    inner = node.args[0] if node.args else None
    if name == "int" and inner is not None and _of_facts(scene, inner):
        return _of_plain_numbers(inner)
    if name in ("float", "int", "complex", "round") or name.startswith("math."):
        return Finding(
            "math-on-tracer" if name.startswith("math.") else "number-of-tracer",
            introduce(scene)
            + " "
            + _("{name} asks for a Python number, and it has no value yet.").format(name=name),
            (
                _("Use jnp.{name}: the functions of math take Python numbers only.")
                if short in vars(jnp)
                else _("Use the function of jnp that does the same.")
            ).format(name=short)
            if name.startswith("math.")
            else _(
                "Leave it an array: x.astype(dtype) changes its type. Take the number out after"
                " the compiled function has returned."
            ),
        )
    asked = next((each for each in reversed(_given(node)) if scene.tracers(each)), node)
    return Finding(
        "value-of-tracer",
        introduce(scene, asked) + " " + _("{code} needs its value now.").format(code=code(node)),
        STATIC.format(name=traced_name(scene, asked)),
    )


def _of_facts(scene: Scene, node: ast.expr) -> bool:
    """Whether an expression is computed by jnp from plain numbers alone."""
    while isinstance(node, ast.Call) and scene.called(node).startswith("."):
        assert isinstance(node.func, ast.Attribute)
        node = node.func.value  # x of x.astype(int)
    return (
        isinstance(node, ast.Call)
        and scene.called(node).startswith("jnp.")
        and all(scene.value(each) is not UNKNOWN for each in node.args)
        and not any(is_tracer(scene.value(each)) for each in node.args)
    )


def _of_plain_numbers(node: ast.expr) -> Finding:
    return Finding(
        "number-of-tracer",
        _("{code} is a tracer: under jit all that jnp computes is one, even of numbers.").format(
            code=code(node)
        ),
        _("What is known while tracing, compute with Python, math or NumPy."),
    )


def _computed(scene: Scene, name: str) -> str:
    """The mend where a size is no argument: jnp computed it in this function."""
    made = scene.assigned(name)
    calls = [each for each in ast.walk(made) if isinstance(each, ast.Call)] if made else []
    if scene.function is None or name in parameters_of(scene.function):
        return ""
    if not any(scene.called(each).startswith("jnp.") for each in calls):
        return ""
    return _(
        "What jnp computes while JAX traces is a tracer, even from plain numbers. A shape is plain"
        " numbers: for a size compute with Python, math or NumPy."
    )


def _given(node: ast.Call) -> list[ast.expr]:
    return [*node.args, *(keyword.value for keyword in node.keywords)]


def _without_a_call(scene: Scene) -> Finding:
    return Finding(
        "value-of-tracer",
        introduce(scene) + " " + _("Something here needs its value now, and there is none yet."),
        STATIC.format(name=traced_name(scene)),
    )


def _sizes(node: ast.Call, called: str) -> list[ast.expr]:
    """The arguments of a call that a shape is made of."""
    short = called.rpartition(".")[2]
    if called == "jax.random.split":
        short = "split_key"
    positions, names = _SIZES.get(short, ((), ()))
    first = 1 if called.startswith(".") else 0  # a method's array stands before the point
    found = [each for number, each in enumerate(node.args, first) if number in positions]
    return found + [each.value for each in node.keywords if each.arg in names]


_ALONG = {
    "sum", "mean", "max", "min", "prod", "argmax", "argmin", "cumsum", "any", "all", "std", "var",
    "sort", "argsort", "take", "concatenate", "stack", "flip", "expand_dims", "squeeze",
}  # fmt: skip


def _axis(node: ast.Call, scene: Scene) -> ast.expr | None:
    called = scene.called(node)
    second = 0 if called.startswith(".") else 1
    if called.rpartition(".")[2] in _ALONG and len(node.args) > second:
        along = node.args[second]
        if scene.tracers(along):
            return along
    for keyword in node.keywords:
        if keyword.arg in ("axis", "axes", "axis1", "axis2") and scene.tracers(keyword.value):
            return keyword.value
    return None


def asked_for_an_index(scene: Scene) -> Finding | None:
    if not isinstance(scene.error, jax.errors.TracerIntegerConversionError):
        return None
    node, who = scene.node, introduce(scene)
    if isinstance(node, ast.Call) and scene.called(node) == "range":
        return Finding(
            "range-of-tracer",
            who + " " + _("range needs a Python int to count to."),
            _(
                "lax.fori_loop(0, n, body_fun, init) counts to a traced n. Or make n static, and"
                " the loop unrolls."
            ),
        )
    if isinstance(node, ast.Subscript):
        return Finding(
            "list-indexed-by-tracer",
            who
            + " "
            + _("A Python list or tuple wants an int as its index: {code}.").format(
                code=code(node)
            ),
            _("Make it an array first: jnp.array(values)[i]; for functions lax.switch(i, ...)."),
        )
    if isinstance(node, ast.Call) and scene.called(node):
        short = scene.called(node).rpartition(".")[2]
        return Finding(
            "int-of-tracer",
            who + " " + _("{name} needs a Python int here.").format(name=short),
            STATIC.format(name=traced_name(scene)),
        )
    return Finding(
        "int-of-tracer",
        who + " " + _("A Python int is needed here, and it has no value yet."),
        STATIC.format(name=traced_name(scene)),
    )


def chosen_by_a_mask(scene: Scene) -> Finding | None:
    if not isinstance(scene.error, jax.errors.NonConcreteBooleanIndexError):
        return None
    node = scene.node
    update = isinstance(node, ast.Call) and any(
        isinstance(each, ast.Attribute) and each.attr == "at" for each in ast.walk(node)
    )
    if update:
        return Finding(
            "masked-update",
            introduce(scene)
            + " "
            + _("How many elements the mask chooses is not known while tracing."),
            _("A choice that keeps the shape: jnp.where(mask, new, x)."),
        )
    return Finding(
        "mask-of-tracer",
        introduce(scene)
        + " "
        + _("How many elements the mask chooses, and so the result's shape, is not known."),
        _(
            "Keep the shape and set aside what does not count: jnp.where(mask, x, 0), or"
            " jnp.sum(x, where=mask)."
        ),
    )


def sliced(scene: Scene) -> Finding | None:
    """The IndexError of x[:n] and x[i : i + 2] with a traced n or i."""
    node = scene.node
    if type(scene.error) is not IndexError or not isinstance(node, ast.Subscript | ast.Call):
        return None
    slices = [
        each
        for each in ast.walk(node)
        if isinstance(each, ast.Slice) and (scene.tracers(each) or scene.inner)
    ]
    traced = [each for each in slices if scene.tracers(each)]
    if not traced:
        return None
    name, tracer = scene.tracers(traced[0])[0]
    return Finding(
        "slice-with-tracer",
        _(
            "`{name}` is a tracer, {type}, so nobody knows how many elements {code} has, and every"
            " shape must be known while tracing."
        ).format(name=name, type=of_type(tracer), code=code(node)),
        _(
            "lax.dynamic_slice(x, starts, sizes) takes a traced start and a plain size; for a"
            " traced length mask with jnp.where(jnp.arange(x.size) < n, x, 0)."
        ),
    )


RULES = (
    asked_for_an_index,
    chosen_by_a_mask,
    asked_for_a_value,
    sliced,
)
