"""jit runs a function's Python body once, to record it, and from then on the compiled program.

So the first question about compiled code is: how often was it traced?
"""

import contextlib
import io

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from jax_koans import __, counted


def damped_wave(envelope):
    """A compiled function of time: envelope(time) * sin(time)."""

    # BEGIN PROMPT: answer with a function of `time` that jit has compiled
    # BEGIN SOLUTION
    @jax.jit
    def wave(time):
        return envelope(time) * jnp.sin(time)

    return wave
    # END SOLUTION


def test_jit_traces_a_function_once_and_then_runs_compiled_code():
    """jit records the body on the first call; later calls do not run it.

    `@jax.jit` above a `def wave` means the same as `wave = jax.jit(wave)` below it.
    """
    # HINT: Inside damped_wave, define a function of time, compile it, and return it.
    # HINT: The formula is envelope(time) * jnp.sin(time), and envelope is in reach inside.
    # HINT: Write @jax.jit above `def wave(time):`; the last line is `return wave`, without a call.
    envelope = counted(lambda t: jnp.exp(-t / 2))  # .count: how often Python ran the body
    time = np.array([0.5, 1.0, -2.0], dtype=np.float32)
    wave = damped_wave(envelope)

    for now in (time, time + 3, -time):
        eager = np.exp(-now / 2) * np.sin(now)
        assert_allclose(
            wave(now), eager, rtol=1e-5, strict=True, err_msg="envelope(time) * sin(time)"
        )
    assert envelope.count == 1, f"Python ran the body {envelope.count} times in 3 calls; wanted 1"
    # In the jaxpr of a caller, a call of a compiled function is one equation.
    outside = [equation.primitive.name for equation in jax.make_jaxpr(wave)(time).eqns]
    assert "mul" not in outside, f"{outside}: a part of the body stays outside of what is compiled"


def test_print_runs_only_while_jit_traces():
    """print is a side effect of the Python body, and a tracer has no value to show."""

    # HINT: The three calls bring one and the same shape and dtype.
    # HINT: print runs when Python runs the body, and compiled calls do not run it.
    # HINT: While jit traces, `time` is a tracer: it knows its type, not that it is 2.0.
    @jax.jit
    def fall(time):
        print("falling for", time)
        return 9.81 * time**2 / 2

    with contextlib.redirect_stdout(io.StringIO()) as screen:  # keeps what is printed
        fall(2.0)
        fall(3.0)
        fall(4.0)

    assert screen.getvalue().count("falling") == __(1)
    assert ("2.0" in screen.getvalue()) is __(False)


def test_jit_retraces_for_a_new_shape_or_dtype_but_not_a_new_value():
    """Tracing keeps the shape and the dtype of an argument, not its value."""
    # HINT: Ask of each call: has this shape, with this dtype, been seen before?
    # HINT: The third and the fourth call bring something new; the last one brings nothing new.
    damped = counted(lambda t: jnp.exp(-t / 2) * jnp.sin(t))
    compiled = jax.jit(damped)
    time = np.linspace(0, 1, 4, dtype=np.float32)

    compiled(time)
    assert damped.count == __(1)
    compiled(time + 1)  # other values
    assert damped.count == __(1)
    compiled(time[:3])  # another shape
    assert damped.count == __(2)
    compiled(time.astype(np.int32))  # another dtype
    assert damped.count == __(3)
    compiled(-time[1:])  # what is new here?
    assert damped.count == __(3)


def test_keyword_and_positional_calls_are_traced_separately():
    """How a call is written is part of what jit remembers: keep to one way of calling."""
    # HINT: Same value, same type, but once by position and once by name.
    # HINT: Two ways to write the call, two traces; a third number in a known way adds none.
    # HINT: A Python int is another type than a Python float, so it is another dtype.
    decay = counted(lambda time, rate: jnp.exp(-rate * time))
    compiled = jax.jit(decay)
    time = np.array([1.0, 2.0], dtype=np.float32)

    compiled(time, 0.5)
    compiled(time, rate=0.5)
    assert decay.count == __(2)
    compiled(time, rate=0.7)
    assert decay.count == __(2)
    compiled(time, 2)  # an int, where a float was
    assert decay.count == __(3)


def test_an_inner_jit_is_traced_once_for_all_its_callers():
    """The trace of an inner jit belongs to the inner function, whoever calls it."""
    # HINT: Both outer functions are traced. Does the inner one meet anything new?
    # HINT: It is remembered by shape and dtype, whether its caller is compiled or not.
    # HINT: Two speeds instead of three is a shape that it has not met.
    energy = counted(lambda speed: speed**2 / 2)
    compiled = jax.jit(energy)
    speed = np.array([1.0, 2.0, 3.0], dtype=np.float32)

    jax.jit(lambda v: compiled(v) + 1.0)(speed)
    jax.jit(lambda v: compiled(v) * 3.0)(speed)
    assert energy.count == __(1)
    compiled(speed)
    assert energy.count == __(1)
    jax.jit(lambda v: compiled(v[:2]))(speed)
    assert energy.count == __(2)


# You can now say how often a function is traced, and why.
# Next: what such a trace cannot record, an `if` on a value.
