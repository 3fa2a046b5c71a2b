"""jit traces a function: Python runs its body once and JAX records the operations.

Later calls run the compiled code and not the Python body. These koans count traces.
"""

import contextlib
import io

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from jax_koans import __, counted


def damped_wave(envelope):
    """Return a function of an array `time`, compiled by jit: envelope(time) * sin(time)."""

    # TODO: define the function of `time`, compile it, and return it
    raise NotImplementedError


def test_jit_traces_a_function_once_and_then_runs_compiled_code():
    """jax.jit(fun) returns a compiled version of fun. Its first call traces fun.

    Later calls with the same shapes and dtypes run the compiled code. `@jax.jit` above `def wave`
    is short for `wave = jax.jit(wave)` below it. `counted(f)` wraps f, and its `.count` is the
    number of times that Python has run the body of f.
    """
    envelope = counted(lambda t: jnp.exp(-t / 2))
    time = np.array([0.5, 1.0, -2.0], dtype=np.float32)
    wave = damped_wave(envelope)

    for now in (time, time + 3, -time):
        expected = np.exp(-now / 2) * np.sin(now)
        message = "expected envelope(time) * sin(time)"
        assert_allclose(wave(now), expected, rtol=1e-5, strict=True, err_msg=message)
    assert envelope.count == 1, f"expected 1 run of the body for 3 calls, got {envelope.count}"
    # In the jaxpr of a caller, a call of a compiled function is a single equation.
    outside = [equation.primitive.name for equation in jax.make_jaxpr(wave)(time).eqns]
    message = f"expected the product to be part of the compiled function, got {outside} outside it"
    assert "mul" not in outside, message


def test_print_runs_only_while_jit_traces():
    """Python's print is a side effect of the body, so it runs only when Python runs the body.

    While jit traces, the arguments are tracers.
    """

    @jax.jit
    def fall(time):
        print("falling for", time)
        return 9.81 * time**2 / 2

    with contextlib.redirect_stdout(io.StringIO()) as screen:  # keeps what is printed
        fall(2.0)
        fall(3.0)
        fall(4.0)

    assert screen.getvalue().count("falling") == __
    assert ("2.0" in screen.getvalue()) is __


def test_jit_retraces_for_a_new_shape_or_dtype_but_not_a_new_value():
    """jit caches traces by argument shape and dtype, not by value."""
    damped = counted(lambda t: jnp.exp(-t / 2) * jnp.sin(t))
    compiled = jax.jit(damped)
    time = np.linspace(0, 1, 4, dtype=np.float32)

    compiled(time)
    compiled(time + 1)  # other values
    assert damped.count == __
    compiled(time[:3])  # another shape
    compiled(time.astype(np.int32))  # another dtype
    assert damped.count == __
    compiled(-time[1:])
    assert damped.count == __


def test_keyword_and_positional_calls_are_traced_separately():
    """The jit cache key holds the whole call signature, not only shapes and dtypes.

    It records which arguments are passed by keyword. A Python int and a Python float count as two
    different dtypes.
    """
    decay = counted(lambda time, rate: jnp.exp(-rate * time))
    compiled = jax.jit(decay)
    time = np.array([1.0, 2.0], dtype=np.float32)

    compiled(time, 0.5)
    compiled(time, rate=0.5)
    assert decay.count == __
    compiled(time, rate=0.7)
    assert decay.count == __
    compiled(time, 2)
    assert decay.count == __


def test_an_inner_jit_is_traced_once_for_all_its_callers():
    """A compiled function may call another compiled function.

    The inner function has one cache, which all its callers share.
    """
    energy = counted(lambda speed: speed**2 / 2)
    compiled = jax.jit(energy)
    speed = np.array([1.0, 2.0, 3.0], dtype=np.float32)

    jax.jit(lambda v: compiled(v) + 1.0)(speed)
    jax.jit(lambda v: compiled(v) * 3.0)(speed)
    assert energy.count == __
    compiled(speed)
    assert energy.count == __
    jax.jit(lambda v: compiled(v[:2]))(speed)
    assert energy.count == __


# You can now predict how often a function is traced.
# Next: Python control flow that a trace cannot record, such as `if`.
