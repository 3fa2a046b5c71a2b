"""What the runtime and JAX's guards refuse: memory, deleted buffers, transfers, traces, NaNs."""

import ast
import math
from typing import Any

import jax
import numpy as np

from jax_koans.clinic.finding import Finding
from jax_koans.clinic.nature import is_array
from jax_koans.clinic.placing import guarded
from jax_koans.clinic.scene import UNKNOWN, Scene
from jax_koans.clinic.words import code
from jax_koans.i18n import _

_GUARDS = (
    "jax.transfer_guard",
    "jax.transfer_guard_host_to_device",
    "jax.transfer_guard_device_to_host",
    "jax.transfer_guard_device_to_device",
)
_CALLBACKS = ("jax.pure_callback", "jax.debug.callback", "jax.experimental.io_callback")
_LARGE = 10**9  # elements


def not_a_number(scene: Scene) -> Finding | None:
    if not isinstance(scene.error, FloatingPointError):
        return None
    return Finding(
        "debug-nans",
        _(
            "debug_nans (or debug_infs) is on, and here a NaN or an infinity came up: 0/0, the log"
            " or the root of a negative number, an overflow, or inf - inf."
        ),
        _(
            "Look at this line's inputs. Where jnp.where chooses, both sides are computed: make the"
            " input of the unwanted one harmless before."
        ),
    )


def donated(scene: Scene) -> Finding | None:
    if not isinstance(scene.error, RuntimeError | ValueError):
        return None
    node = scene.node if scene.node is not None else scene.statement
    for each in ast.walk(node) if node is not None else ():
        value = scene.value(each) if isinstance(each, ast.Name | ast.Attribute) else UNKNOWN
        if is_array(value) and value.is_deleted():
            return Finding(
                "donated-buffer",
                _(
                    "{code} was donated to a compiled function, which wrote its result into that"
                    " memory: the array is gone."
                ).format(code=code(each)),
                _(
                    "Use what the function returned, under the same name: x = f(x). Do not donate"
                    " what is needed again."
                ),
            )
    return None


def traced_under_guard(scene: Scene) -> Finding | None:
    if type(scene.error) is not RuntimeError or scene.within("jax.no_tracing") is None:
        return None
    return Finding(
        "no-tracing",
        _(
            "Inside jax.no_tracing nothing may be traced, and this call needs a trace that is not"
            " there yet: for a new shape, dtype, kind of argument or static value, or for a fresh"
            " function, jitted anew. An eager operation of jnp needs one as well."
        ),
        _("Call it once with such arguments before, and build the inputs outside of the block."),
    )


def leak_found(scene: Scene) -> Finding | None:
    checked = scene.within("jax.checking_leaks", "jax.check_tracer_leaks")
    if type(scene.error) is not Exception or checked is None:
        return None
    return Finding(
        "leaked-tracer",
        _(
            "jax.checking_leaks found a tracer that outlives its trace: the traced function stored"
            " it in a global, a list, an attribute or a `nonlocal`."
        ),
        _("Return the value from the traced function; what a loop carries on goes into its carry."),
    )


def refused_by_the_runtime(scene: Scene) -> Finding | None:
    """JaxRuntimeError: a guarded transfer, too much memory, a callback that raised."""
    if not isinstance(scene.error, jax.errors.JaxRuntimeError):
        return None
    if scene.within(*_GUARDS) is not None:
        return guarded(scene) or Finding(
            "guarded-transfer",
            _(
                "Under a transfer_guard nothing moves between Python and the device unasked, and"
                " here it does: a Python number, an index or a NumPy array goes to the device."
            ),
            _("Move it yourself: jax.device_put(x) before or inside the block."),
        )
    if found := too_large(scene):
        return found
    callback = scene.uses(*_CALLBACKS)
    if callback:
        return Finding(
            "callback-raised",
            _(
                "The compiled program called back into Python through {name}, and that failed: the"
                " function there raised, or answered with another shape or dtype than promised."
            ).format(name=callback),
            _(
                "It is called with the arguments that follow the promise, as arrays and not as"
                " tracers. The message says what failed."
            ),
        )
    return Finding(
        "runtime-refused",
        _("The compiled program, or the device that runs it, gave up; Python's part was over."),
        _("The message says what was refused: memory, a transfer, a device, a callback."),
    )


def out_of_memory(scene: Scene) -> Finding | None:
    if isinstance(scene.error, MemoryError):
        return too_large(scene) or Finding(
            "too-much-memory",
            _("The machine has no room for what this line makes."),
            _("Try it small first: how many elements does the result have?"),
        )
    return None


def too_large(scene: Scene) -> Finding | None:
    """The statement asks for an array with more elements than a machine holds."""
    for each in ast.walk(scene.statement or ast.Pass()):
        sizes = _sizes(scene, each)
        count = math.prod(sizes)
        if sizes and count >= _LARGE:
            return Finding(
                "too-much-memory",
                _("{code} means {count:.1e} elements, of 4 bytes each: {size:.0f} GB.").format(
                    code=code(each), count=count, size=count * 4 / 1e9
                ),
                _(
                    "Try it small. A large table is often not needed whole: jax.lax.map in groups,"
                    " or a sum that goes along a scan."
                ),
            )
    return None


def _sizes(scene: Scene, node: ast.AST) -> list[int]:
    parts: list[ast.expr] = []
    if isinstance(node, ast.Tuple | ast.List):
        parts = list(node.elts)
    elif isinstance(node, ast.Call) and len(node.args) == 1:
        parts = [node.args[0]]
    found = [_number(scene, each) for each in parts]
    return [each for each in found if each is not None] if None not in found else []


def _number(scene: Scene, node: ast.expr) -> int | None:
    value: Any = scene.value(node)
    if type(value) is int:
        return value if 0 < value < 10**18 else None
    if isinstance(node, ast.BinOp):
        left, right = _number(scene, node.left), _number(scene, node.right)
        if left is None or right is None:
            return None
        if isinstance(node.op, ast.Mult):
            return left * right
        if isinstance(node.op, ast.Pow) and right < 30:
            return int(min(left**right, 10**18))
    return None


def overflow(scene: Scene) -> Finding | None:
    if not isinstance(scene.error, OverflowError):
        return None
    node = scene.node
    if isinstance(node, ast.Call | ast.BinOp | ast.Compare) and (
        scene.called(node).startswith(("jnp.", "lax.", "np.", ".", "jax.")) or scene.inner
    ):
        return Finding(
            "int-too-large",
            _("A Python int has any length; an int32 of JAX ends at 2**31 - 1, 2147483647."),
            _("Use a float, or switch 64 bits on: jax.enable_x64(True)."),
        )
    return Finding(
        "python-overflow",
        _("This is arithmetic of plain Python, which raises where an array would say inf."),
        _("Compute with jnp where that is meant."),
    )


def division(scene: Scene) -> Finding | None:
    if not isinstance(scene.error, ZeroDivisionError):
        return None
    return Finding(
        "python-division",
        _(
            "Two plain Python numbers are divided, and Python raises; an array would say inf or"
            " nan."
        ),
        _("Keep zero out, or compute with arrays and choose with jnp.where afterwards."),
    )


def recursion(scene: Scene) -> Finding | None:
    if not isinstance(scene.error, RecursionError):
        return None
    codes = [spot.frame.f_code for spot in scene.own]
    most = max(set(codes), key=codes.count, default=None)
    name = most.co_name if most is not None and codes.count(most) > 2 else ""
    return Finding(
        "endless-recursion",
        (
            _("{function} calls itself again and again, and never reaches an end.").format(
                function=name
            )
            if name
            else _("Functions call each other again and again, and never reach an end.")
        )
        + (
            " "
            + _("A traced argument does not end it either: its value is not known while tracing.")
            if name and scene.tracers(scene.statement)
            else ""
        ),
        _("Give it a case that returns without a further call; for many turns take a loop of lax."),
    )


def out_of_bounds(scene: Scene) -> Finding | None:
    """Python and NumPy raise where jnp clamps."""
    node = scene.node
    if type(scene.error) is IndexError and isinstance(node, ast.Call):
        ufunc = node.func.value if isinstance(node.func, ast.Attribute) else None
        if ufunc is not None and type(scene.value(ufunc)) is np.ufunc:
            return Finding(
                "python-index-outside",
                _("{code} is NumPy's, which raises where an index lies outside.").format(
                    code=code(node.func)
                ),
                _("x.at[i].add(v) of a jax array drops what lies outside, and raises nothing."),
            )
    if type(scene.error) is not IndexError or not isinstance(node, ast.Subscript):
        return None
    value = scene.value(node.value)
    if type(value) in (list, tuple, np.ndarray):
        return Finding(
            "python-index-outside",
            _("{code} is a {kind} of length {length}, and the index lies outside.").format(
                code=code(node.value),
                kind=_("NumPy array") if type(value) is np.ndarray else type(value).__name__,
                length=len(value) if type(value) is not np.ndarray or value.shape else 0,
            ),
            _("Indices go from 0 to the length minus 1. (A jax array would clamp, in silence.)"),
        )
    return None


RULES = (
    recursion,
    out_of_memory,
    not_a_number,
    refused_by_the_runtime,
    donated,
    traced_under_guard,
    leak_found,
    overflow,
    division,
    out_of_bounds,
)
