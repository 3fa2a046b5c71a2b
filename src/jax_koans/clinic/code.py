"""The quiet ones: nothing was raised, and the learner's own code shows why the result is wrong."""

import ast
import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.test_util import check_grads

from jax_koans.clinic.answer import Answer
from jax_koans.clinic.containers import depth_of, numbers_in
from jax_koans.clinic.finding import Finding
from jax_koans.clinic.loops import forgotten_return, nothing_recorded, returns_nothing
from jax_koans.clinic.names import none_from
from jax_koans.clinic.nature import Nature, is_array, is_function, is_tracer
from jax_koans.clinic.placing import collective, dropped_copy, puts
from jax_koans.clinic.scene import UNKNOWN, Scene
from jax_koans.clinic.trees import taken_apart
from jax_koans.clinic.words import code, places
from jax_koans.i18n import _, plural

# Methods of arrays that NumPy knows in place, or that people take to be.
_PURE = {
    "set", "add", "subtract", "multiply", "mul", "divide", "div", "power", "min", "max", "apply",
    "sort", "astype", "reshape", "squeeze", "ravel", "transpose", "clip", "round", "flatten",
    "swapaxes", "repeat", "cumsum",
}  # fmt: skip


def returned_nothing(scene: Scene) -> Finding | None:
    """The result that the test looks at is None, and the learner's function shows why."""
    result = _result(scene)
    if result is None or result[1] is not None:
        # Or a part of what is asked about is None.
        test = scene.statement.test if isinstance(scene.statement, ast.Assert) else ast.Pass()
        names = [each for each in ast.walk(test) if isinstance(each, ast.Name)]
        empty = (none_from(scene, each) for each in names if scene.value(each) is None)
        return next((each for each in empty if each), None)
    return (
        none_from(scene, result[0])
        or nothing_recorded(scene)
        or next((forgotten_return(each) for each in scene.reached() if returns_nothing(each)), None)
    )


def _result(scene: Scene) -> tuple[ast.expr | None, Any] | None:
    """What an assertion looks at: its expression, and its value as far as that is known."""
    for frame in scene.inner:
        if frame.f_globals.get("__name__", "").startswith("numpy.testing"):
            names = frame.f_locals
            for name in ("actual", "x"):
                if name in names and isinstance(scene.node, ast.Call) and scene.node.args:
                    return scene.node.args[0], _unwrapped(names[name])
    statement = scene.statement
    if isinstance(statement, ast.Assert):
        compared = scene.compared
        test = statement.test
        if isinstance(test, ast.Compare) and compared is not None:
            if compared.found.kind == "none":
                return test.left, None
        elif isinstance(test, ast.Call) and test.args:
            return test.args[0], scene.value(test.args[0])
    return None


def _unwrapped(value: Any) -> Any:
    """What NumPy made an array of, where that was no array; None for a list of them."""
    if type(value) is np.ndarray and value.dtype == object and value.shape == ():
        return value.item()
    if type(value) is np.ndarray and value.dtype == object and value.ndim == 1:
        value = value.tolist()
    if type(value) is list and value and all(each is None for each in value):
        return None
    return value


def unread(scene: Scene) -> Finding | None:
    """An update of `x.at[i]` under a name that nobody reads."""
    for function in scene.reached():
        read: set[str] = set()
        for each in ast.walk(function):
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load):
                read.add(each.id)
            elif isinstance(each, ast.Nonlocal | ast.Global):
                read.update(each.names)  # by others, it may be
        for each in ast.walk(function):
            if not isinstance(each, ast.Assign) or not isinstance(each.value, ast.Call):
                continue
            method, target = each.value.func, each.targets[0]
            if (
                isinstance(target, ast.Name)
                and target.id not in read
                and isinstance(method, ast.Attribute)
                and method.attr in _PURE
                and _updated(method.value) is not None
            ):
                return Finding(
                    "dropped-update",
                    _(
                        "Line {line} makes a new array and calls it `{name}`, and nobody reads"
                        " `{name}`: x.at never changes x."
                    ).format(line=each.lineno, name=target.id),
                    _("Go on from the new array, or return it: `{name}`.").format(name=target.id),
                )
    return None


def dropped(scene: Scene) -> Finding | None:
    """A statement that makes a new array and keeps it nowhere."""
    if found := unread(scene):
        return found
    for function in scene.reached():
        for each in ast.walk(function):
            if not isinstance(each, ast.Expr) or not isinstance(each.value, ast.Call):
                continue
            target = each.value.func
            if not isinstance(target, ast.Attribute):
                continue
            subject = target.value
            if target.attr in _PURE and (array := _updated(subject)) is not None:
                return Finding(
                    "dropped-update",
                    _(
                        "Line {line}, {code}, makes a new array, and nobody keeps it: x.at never"
                        " changes x."
                    ).format(line=each.lineno, code=code(each)),
                    _("Keep it: {name} = {name}.at[...].{method}(...)").format(
                        name=ast.unparse(array)[:20], method=target.attr
                    ),
                )
            name = scene.known(target) if scene.spot else ""
            if found := _no_statement(name, each):
                return found
            if (name.startswith("jnp.") and name not in ("jnp.array", "jnp.asarray")) or (
                target.attr in _PURE
                and isinstance(subject, ast.Name)
                and not name
                and target.attr not in ("add", "set", "min", "max", "apply", "repeat")
            ):
                return Finding(
                    "dropped-result",
                    _(
                        "Line {line}, {code}, computes a new array, and nobody keeps it: jax arrays"
                        " never change."
                    ).format(line=each.lineno, code=code(each)),
                    _("Give the result a name: x = ..."),
                )
    return None


def _updated(node: ast.AST) -> ast.expr | None:
    """The x of an expression `x.at[i]`."""
    match node:
        case ast.Subscript(value=ast.Attribute(value=array, attr="at")):
            return array
    return None


_CONTEXTS = {
    "jax.no_tracing", "jax.transfer_guard", "jax.default_device", "jax.disable_jit",
    "jax.enable_x64", "jax.debug_nans", "jax.checking_leaks",
}  # fmt: skip
_MADE = {
    "jax.jit", "jax.vmap", "jax.grad", "jax.value_and_grad", "jax.jacfwd", "jax.jacrev",
    "jax.hessian", "jax.checkpoint", "jax.remat",
}  # fmt: skip


def _no_statement(name: str, statement: ast.Expr) -> Finding | None:
    """A transformation whose result is dropped, a context that nobody enters."""
    told = {"line": statement.lineno, "code": code(statement.value), "name": name}
    if name in _MADE:
        why = _(
            "Line {line}, {code}, makes a new function, and nobody keeps it: the old one is as it"
            " was."
        )
        mend = _("Give the new function a name, and call or return that one.")
        return Finding("dropped-function", why.format(**told), mend)
    if name in _CONTEXTS:
        why = _("Line {line}, {code}, makes a context, which does nothing until it is entered.")
        mend = _("It acts inside of its block: `with {name}(...):`")
        return Finding("context-not-entered", why.format(**told), mend.format(**told))
    return None


def kinds(scene: Scene) -> Finding | None:
    """`isinstance(x, jax.Array)` does not hold."""
    statement = scene.statement
    if not isinstance(statement, ast.Assert) or not isinstance(statement.test, ast.Call):
        return None
    test = statement.test
    if scene.known(test.func) != "isinstance" or len(test.args) != 2:
        return None
    if scene.value(test.args[1]) is not jax.Array:
        return None
    value = scene.value(test.args[0])
    if value is UNKNOWN or is_array(value) or is_tracer(value):
        return None
    if found := dropped_copy(scene):
        return found
    if type(value) is type(jnp.zeros(1).at[0]):
        return Finding(
            "misused-at",
            _("{code} is a place in an array, x.at[i], and no array yet.").format(
                code=code(test.args[0])
            ),
            _("A method behind the brackets says what to do there: .set(v), .multiply(v), .get()."),
        )
    if value is None:
        return nothing_recorded(scene) or Finding(
            "none-for-value",
            _("{code} is None, and an array is wanted.").format(code=code(test.args[0])),
            _("Look where it comes from: a `return` without a value, or a call that only does."),
        )
    if type(value) is tuple:
        return pairs(scene)
    if isinstance(value, np.ndarray | np.generic):
        if puts(scene):
            return Finding(
                "numpy-for-jax-array",
                _(
                    "{code} is still an array of NumPy: device_put answers with an array of JAX,"
                    " and leaves what it is given as it was."
                ).format(code=code(test.args[0])),
                _("Which parts of the result come out of device_put, and which do not?"),
            )
        return Finding(
            "numpy-for-jax-array",
            _(
                "{code} is an array of NumPy: functions of np make such, and so do plain operators"
                " on arrays of NumPy."
            ).format(code=code(test.args[0])),
            _("Functions of jnp, and compiled ones, answer with jax arrays."),
        )
    if type(value) is list and puts(scene):
        return Finding(
            "python-value-for-array",
            _("{code} is a Python list, and one array is wanted.").format(code=code(test.args[0])),
            _("One array can lie on many devices at once: its sharding says how."),
        )
    return Finding(
        "python-value-for-array",
        _("{code} is a Python {kind}, and a jax array is wanted.").format(
            code=code(test.args[0]), kind=type(value).__name__
        ),
        _("Compute with jnp; jnp.asarray(...) makes an array of a number or a list."),
    )


def tested(scene: Scene) -> Answer | None:
    """The two sides of an assertion of numpy.testing, as natures."""
    for frame in scene.inner:
        if not frame.f_globals.get("__name__", "").startswith("numpy.testing"):
            continue
        names = frame.f_locals
        for found, wanted in (("actual", "desired"), ("x", "y")):
            if found in names and wanted in names and isinstance(scene.node, ast.Call):
                if not scene.node.args:
                    return None
                yours, true = Nature.of(names[found]), Nature.of(names[wanted])
                strict = any(
                    each.arg == "strict" and scene.value(each.value) is True
                    for each in scene.node.keywords
                )
                return Answer(scene, scene.node.args[0], yours, true, blank=False, strict=strict)
    return None


def functions(scene: Scene) -> Finding | None:
    """A function where its value was meant."""
    result = _result(scene)
    if result is None or result[1] is UNKNOWN or not is_function(result[1]):
        return None
    test = scene.statement.test if isinstance(scene.statement, ast.Assert) else None
    if isinstance(test, ast.Call) and scene.known(test.func) == "isinstance":
        kind = scene.value(test.args[-1])
        if kind is not jax.Array:
            return None  # what is wanted may be no value of a function
    node = result[0]
    return Finding(
        "function-for-value",
        _("{code} comes to a function, and its value at some x is meant.").format(
            code=code(node) if node is not None else _("What is tested here")
        ),
        _("Call it: f(x). And jax.vmap(f), jax.grad(f), jax.jit(f) are functions too."),
    )


_PAIRS = ("lax.scan", "jax.jvp", "jax.vjp")


def pairs(scene: Scene) -> Finding | None:
    """What the test looks at is a pair of results, as the learner's `return` shows."""
    result = _result(scene)
    if result is None:
        return None
    value = scene.value(result[0])
    if is_array(value) or _unpacked(scene, result[0]):  # the pair was taken apart already
        return None
    wanted = tested(scene)
    # A tuple of two compares well with an array of two rows.
    rows = wanted.true.shape[0] if wanted is not None and wanted.true.shape else None
    whole = type(value) is tuple and len(value) != rows
    for function in scene.reached():
        for each in ast.walk(function):
            if isinstance(each, ast.Return) and isinstance(each.value, ast.Call):
                called = scene.called(each.value)
                applied = scene.transformations(each.value.func)
                if whole and applied and _by_several(applied[0].call):
                    return Finding(
                        "pair-for-value",
                        _("Where argnums is a tuple, so is the gradient: a part for each."),
                        _("For one derivative argnums is one number; left out, it is number 0."),
                    )
                if called in _PAIRS or (applied and applied[0].name == "jax.value_and_grad"):
                    return _pair(called or "jax.value_and_grad")
    return _pair("") if whole else None


def _unpacked(scene: Scene, node: ast.expr | None) -> bool:
    """Whether a name is one part of a result that the test has taken apart."""
    function = scene.function
    return isinstance(node, ast.Name) and any(
        isinstance(target, ast.Tuple) and node.id in {ast.unparse(each) for each in target.elts}
        for each in (ast.walk(function) if function is not None else ())
        if isinstance(each, ast.Assign)
        for target in each.targets
    )


def _by_several(call: ast.Call | None) -> bool:
    """Whether a derivative is taken by a tuple of arguments."""
    return call is not None and any(
        each.arg == "argnums" and isinstance(each.value, ast.Tuple) for each in call.keywords
    )


def _pair(name: str) -> Finding:
    return Finding(
        "pair-for-value",
        _("{name} answers with a pair, and one array is wanted.").format(name=name)
        if name
        else _("The result is a tuple, and one array is wanted."),
        _("Take the part that is asked for: lax.scan gives (carry, ys), jax.jvp (y, change)."),
    )


def updated(answer: Answer) -> Finding | None:
    """Of what a row of `.at` updates made, some elements differ."""
    yours, true = numbers_in(answer.yours.plain), numbers_in(answer.true.plain)
    if not isinstance(yours, list) or not isinstance(true, list) or len(yours) != len(true):
        return None
    if depth_of(yours) != 1 or depth_of(true) != 1 or not _updates(answer.scene):
        return None
    where = [
        number
        for number, pair in enumerate(zip(yours, true, strict=True))
        if not math.isclose(*pair, rel_tol=1e-4) and not all(map(math.isnan, pair))
    ]
    if not 0 < len(where) < len(true) or any(map(math.isnan, (true[each] for each in where))):
        return None
    return Finding(
        "updated-elements",
        plural(
            "The element at index {where} differs, the others are right.",
            "The elements at index {where} differ, the others are right.",
            len(where),
        ).format(where=places(where)),
        _("Which update, by its index and its method, reaches just there, or should?"),
    )


def _updates(scene: Scene) -> bool:
    """Whether the learner's functions hold a call of `x.at[i].method(...)`."""
    return any(
        _updated(each) is not None for function in scene.reached() for each in ast.walk(function)
    )


def checked(scene: Scene) -> Finding | None:
    """jax.test_util.check_grads does not agree with a rule of the learner's."""
    node = scene.node
    if not isinstance(node, ast.Call) or scene.value(node.func) is not check_grads:
        return None
    return Finding(
        "derivative-by-a-wrong-rule",
        _(
            "check_grads compares the derivative by the rule with differences of the function's own"
            " values, and they do not agree."
        ),
        _(
            "Differentiate by hand, the inner derivative included. What a JVP rule answers is"
            " linear in the tangents: each goes in once, as a factor."
        ),
    )


RULES = (checked, collective, returned_nothing, functions, taken_apart, kinds)
