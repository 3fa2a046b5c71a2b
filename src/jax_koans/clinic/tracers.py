"""A tracer goes where tracers cannot go: into NumPy, into text, out of its trace."""

import ast
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jax_koans.clinic.finding import Finding
from jax_koans.clinic.nature import is_key
from jax_koans.clinic.scene import Scene
from jax_koans.clinic.traced import CHOOSE, introduce
from jax_koans.clinic.words import code
from jax_koans.i18n import _


def given_to_numpy(scene: Scene) -> Finding | None:
    if not isinstance(scene.error, jax.errors.TracerArrayConversionError):
        return None
    node, who = scene.node, introduce(scene)
    if len(scene.own) == 1 and scene.function_name.startswith("test") and scene.tracers():
        return _leak(scene)  # a test itself is not traced
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
        return _written_into_numpy(scene, node)
    if isinstance(node, ast.Subscript):
        return Finding(
            "numpy-array-indexed-by-tracer",
            who
            + " "
            + _("{array} is an array of NumPy, and NumPy needs the index's value.").format(
                array=code(node.value)
            ),
            _("Make the table a jax array: jnp.asarray({array})[i].").format(
                array=ast.unparse(node.value)[:30]
            ),
        )
    name = scene.called(node) if isinstance(node, ast.Call) else ""
    short = name.rpartition(".")[2]
    if _of_the_test(scene):
        return Finding(
            "numpy-on-tracer",
            who
            + " "
            + _("`{function}` belongs to the test, and calls NumPy, which needs numbers.").format(
                function=scene.function_name
            ),
            _("It stays as it is: what only NumPy has goes through jax.pure_callback."),
        )
    if name == "jax.random.fold_in":
        return Finding(
            "key-expected",
            _(
                "fold_in takes a key and one integer, and what {code} gives it is something else."
            ).format(code=code(node) if node is not None else name),
            _("Look at the order of the arguments: of fold_in, and of the function around it."),
        )
    if name.startswith("np."):
        twin = short in vars(jnp.linalg if ".linalg." in name else jnp)
        return Finding(
            "numpy-on-tracer",
            who
            + " "
            + _("{name} computes with numbers at once, and a tracer has none.").format(name=name),
            _("Use jnp.{name}.").format(name=name.removeprefix("np."))
            if twin
            else _(
                "Look for the function in jnp; what only NumPy has goes through jax.pure_callback."
            ),
        )
    return Finding(
        "numpy-on-tracer",
        who
        + " "
        + _("{code} hands it to NumPy, which needs numbers at once.").format(
            code=code(node) if node is not None else _("This line")
        ),
        _("Use functions of jnp on it; what only NumPy has goes through jax.pure_callback."),
    )


def _of_the_test(scene: Scene) -> bool:
    """Whether the innermost own line is the test's: of a function that learner's code called."""
    outer = [scene.definition_of_code(each.frame.f_code) for each in scene.own[:-1]]
    return (
        scene.function is not None
        and _in_test(scene, scene.function)
        and any(each is not None and not _in_test(scene, each) for each in outer[1:])
    )


def _in_test(scene: Scene, function: ast.AST) -> bool:
    return any(
        isinstance(each, ast.FunctionDef) and each.name.startswith("test")
        for each in [function, *scene.ancestors(function)]
    )


def _written_into_numpy(scene: Scene, node: ast.Subscript) -> Finding:
    return Finding(
        "tracer-into-numpy",
        _("{array} is a buffer of NumPy, and a tracer has no numbers to write there.").format(
            array=code(node.value)
        ),
        _("Make the buffer a jax array, and keep what .at[...].set(...) answers."),
    )


def written_into_numpy(scene: Scene) -> Finding | None:
    """NumPy's own ValueError, where one element of a buffer is to become a tracer."""
    node = scene.node
    if (
        type(scene.error) is ValueError
        and isinstance(node, ast.Subscript)
        and isinstance(node.ctx, ast.Store)
        and type(scene.value(node.value)) is np.ndarray
        and scene.statement is not None
        and _traces(scene)
    ):
        return _written_into_numpy(scene, node)
    return None


def _traces(scene: Scene) -> bool:
    return bool(scene.tracers(scene.statement)) or any(
        jax.core.Tracer in type(value).__mro__
        for spot in scene.own[-1:]
        for value in spot.frame.f_locals.values()
    )


def leaked(scene: Scene) -> Finding | None:
    return _leak(scene) if isinstance(scene.error, jax.errors.UnexpectedTracerError) else None


def _leak(scene: Scene) -> Finding:
    if any(
        scene.known(each) in ("jax.custom_jvp", "jax.custom_vjp")
        for function in scene.reached()
        if isinstance(function, ast.FunctionDef)
        for each in [part for line in function.body for part in ast.walk(line)]
        if isinstance(each, ast.Attribute | ast.Name)
    ):
        return Finding(
            "leaked-tracer",
            _(
                "A tracer of another trace is used here. A function with a rule of its own reads"
                " nothing that is traced from around it: it has a trace for itself."
            ),
            _("Give it all that may be traced as arguments, and write it outside of the function."),
        )
    tracers = scene.tracers(scene.statement)
    name = tracers[0][0] if tracers else ""
    return Finding(
        "leaked-tracer",
        (
            _("`{name}` holds a tracer from a trace that is over.").format(name=name)
            if name
            else _("A tracer from a trace that is over is used here.")
        )
        + " "
        + _(
            "A traced function stored it outside: in a global, a list, an attribute or a"
            " `nonlocal`."
        ),
        _("Return the value from the traced function; what a loop carries on goes into its carry."),
    )


def formatted(scene: Scene) -> Finding | None:
    if type(scene.error) is not TypeError:
        return None
    node = scene.node
    if isinstance(node, ast.JoinedStr | ast.FormattedValue) or (
        isinstance(node, ast.Call) and scene.called(node) in ("format", ".format")
    ):
        tracers = scene.tracers(node)
        if not tracers:
            return None
        return Finding(
            "format-of-tracer",
            introduce(scene, node) + " " + _("A format such as :.2f needs its number."),
            _('jax.debug.print("x = {x}", x=x) prints the value when the program runs.'),
        )
    return None


def iterated(scene: Scene) -> Finding | None:
    """len() of, iteration over, or unpacking of an array without axes."""
    if type(scene.error) is not TypeError:
        return None
    node, subject = scene.node, None
    if isinstance(node, ast.Call) and scene.called(node) in (
        "len", "list", "tuple", "iter", "enumerate", "zip", "sum", "max", "min", "sorted", "map",
    ):  # fmt: skip
        subject = next((each for each, value in scene.arguments(node) if _scalar(value)), None)
    elif (over := _gone_over(scene)) is not None:
        subject = over if _scalar(scene.value(over)) else None
    elif isinstance(scene.statement, ast.For | ast.Assign):
        iterable = (
            scene.statement.iter if isinstance(scene.statement, ast.For) else scene.statement.value
        )
        if isinstance(scene.statement, ast.For) or (
            any(isinstance(each, ast.Tuple | ast.List) for each in scene.statement.targets)
        ):
            subject = iterable if _scalar(scene.value(iterable)) else None
    if subject is None:
        return None
    if is_key(scene.value(subject)):
        return Finding(
            "scalar-has-no-length",
            _("{code} is a key: one thing, without an axis to count or to go along.").format(
                code=code(subject)
            ),
            _("Is the key given where something else is meant? Look at the order of arguments."),
        )
    return Finding(
        "scalar-has-no-length",
        _("{code} has the shape (): one number, without an axis to count or to go along.").format(
            code=code(subject)
        ),
        _("Where its elements are wanted, hand in an array with an axis: jnp.atleast_1d(x)."),
    )


def _gone_over(scene: Scene) -> ast.expr | None:
    """What a comprehension goes over, where that is what raised."""
    node = scene.node
    if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        return node.generators[0].iter
    above = scene.parents.get(node) if node is not None else None
    return node if isinstance(above, ast.comprehension) else None


def _scalar(value: Any) -> bool:
    return (isinstance(value, jax.Array | np.ndarray)) and value.shape == ()


def base_class(scene: Scene) -> Finding | None:
    """The base classes of JAX's errors, which speak of tracers too."""
    if isinstance(scene.error, jax.errors.JAXIndexError):
        return Finding(
            "jax-index-error",
            _("The index is a tracer, and the shape of the result would depend on its value."),
            _("Use an index whose shape alone decides the result's, or jnp.where with a mask."),
        )
    if isinstance(scene.error, jax.errors.JAXTypeError):
        return Finding(
            "jax-type-error",
            introduce(scene) + " " + _("It is used where a value is needed."),
            CHOOSE,
        )
    return None


def symbolic(scene: Scene) -> Finding | None:
    if isinstance(scene.error, jax.errors.InconclusiveDimensionOperation):
        return Finding(
            "symbolic-size-unknown",
            _(
                "A symbolic size stands for any number, so {code} is true for some and false for"
                " others."
            ).format(code=code(scene.node) if scene.node is not None else _("this comparison")),
            _(
                'Say what is known when the size is made: symbolic_shape("a, b",'
                ' constraints=["a >= b"]).'
            ),
        )
    if isinstance(scene.error, jax.errors.JaxprTypeError):
        return Finding(
            "jaxpr-breaks-its-rules",
            _(
                "A jaxpr was changed or built by hand, and an equation's inputs and outputs no"
                " longer agree with its types."
            ),
            _("Make jaxprs with jax.make_jaxpr, and new ones by tracing a changed function."),
        )
    return None


RULES = (
    given_to_numpy,
    leaked,
    written_into_numpy,
    formatted,
    iterated,
    symbolic,
    base_class,
)
