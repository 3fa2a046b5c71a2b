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

    # BEGIN PROMPT: define the function of `time`, compile it, and return it
    # BEGIN SOLUTION
    @jax.jit
    def wave(time):
        return envelope(time) * jnp.sin(time)

    return wave
    # END SOLUTION


def test_jit_traces_a_function_once_and_then_runs_compiled_code():
    """jax.jit(fun) returns a compiled version of fun. Its first call traces fun.

    Later calls with the same shapes and dtypes run the compiled code. `@jax.jit` above `def wave`
    is short for `wave = jax.jit(wave)` below it. `counted(f)` wraps f, and its `.count` is the
    number of times that Python has run the body of f.
    """
    # HINT: Inside damped_wave, define `def wave(time):`. It can call `envelope`.
    # HINT: Write @jax.jit above `def wave(time):`. The last line, `return wave`, calls nothing.
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

    # HINT: The three calls have the same shape and dtype. How often is `fall` traced?
    # HINT: A tracer has a shape and a dtype, but no value that print could show.
    @jax.jit
    def fall(time):
        print("falling for", time)
        return 9.81 * time**2 / 2

    with contextlib.redirect_stdout(io.StringIO()) as screen:  # keeps what is printed
        fall(2.0)
        fall(3.0)
        fall(4.0)

    assert screen.getvalue().count("falling") == __(1)
    # WHY: The first call traces the body and prints; the others run the compiled code.
    # IF 3: 3 is the number of calls. Two of them run compiled code, which has no print.
    # IF 0: Tracing runs the Python body, and with it the print.
    assert ("2.0" in screen.getvalue()) is __(False)
    # WHY: While jit traces, `time` is a tracer, and print shows its type instead of 2.0.
    # IF True: print gets a tracer, which has no value.
    # IF 0: 0 equals False, but `is` compares identity, and `in` returns a bool.


def test_jit_retraces_for_a_new_shape_or_dtype_but_not_a_new_value():
    """jit caches traces by argument shape and dtype, not by value."""
    # HINT: Compare each call with the calls before it: is its shape or dtype new?
    # HINT: The second call has new values only; the third has a new shape, the fourth a new dtype.
    damped = counted(lambda t: jnp.exp(-t / 2) * jnp.sin(t))
    compiled = jax.jit(damped)
    time = np.linspace(0, 1, 4, dtype=np.float32)

    compiled(time)
    compiled(time + 1)  # other values
    assert damped.count == __(1)
    # WHY: Both calls have shape (4,) and dtype float32, so the first trace serves both.
    # IF 2: 2 is the number of calls. The second reuses the first trace.
    # IF 0: The first call has to trace the function before it can compile it.
    compiled(time[:3])  # another shape
    compiled(time.astype(np.int32))  # another dtype
    assert damped.count == __(3)
    # WHY: The new shape and the new dtype each cause one more trace.
    # IF 4: 4 is the number of calls; `time + 1` causes no trace.
    # IF 2: A new shape and a new dtype each need a separate trace.
    # IF 1: A trace is valid for one shape and one dtype.
    compiled(-time[1:])
    assert damped.count == __(3)
    # WHY: `time[1:]` has shape (3,) and dtype float32, as `time[:3]` has.
    # IF 4: The values are new, but shape (3,) with float32 has been traced before.
    # IF 5: 5 is the number of calls. This one reuses the trace of `time[:3]`.


def test_keyword_and_positional_calls_are_traced_separately():
    """The jit cache key holds the whole call signature, not only shapes and dtypes.

    It records which arguments are passed by keyword. A Python int and a Python float count as two
    different dtypes.
    """
    # HINT: The second call passes `rate` by keyword. Has that signature been traced before?
    # HINT: 0.7 is another value in a known signature. 2 is an int, where a float was before.
    decay = counted(lambda time, rate: jnp.exp(-rate * time))
    compiled = jax.jit(decay)
    time = np.array([1.0, 2.0], dtype=np.float32)

    compiled(time, 0.5)
    compiled(time, rate=0.5)
    assert decay.count == __(2)
    # WHY: Passing `rate` by keyword gives a different call signature, so jit traces again.
    # IF 1: The jit cache key also records which arguments are passed by keyword.
    compiled(time, rate=0.7)
    assert decay.count == __(2)
    # WHY: Only the value of `rate` is new, and jit does not cache by value.
    # IF 3: 0.5 and 0.7 are both Python floats passed by keyword: one signature.
    # IF 1: The keyword call above has already caused a second trace.
    compiled(time, 2)
    assert decay.count == __(3)
    # WHY: A Python int has an integer dtype, which no positional call has had before.
    # IF 2: The positional call before passed a float, so its trace does not serve an int.
    # IF 4: 4 is the number of calls. The one with rate=0.7 causes no trace.


def test_an_inner_jit_is_traced_once_for_all_its_callers():
    """A compiled function may call another compiled function.

    The inner function has one cache, which all its callers share.
    """
    # HINT: Both outer functions are traced. Do they pass a new shape or dtype to `compiled`?
    # HINT: v[:2] has a shape that `compiled` has not seen.
    energy = counted(lambda speed: speed**2 / 2)
    compiled = jax.jit(energy)
    speed = np.array([1.0, 2.0, 3.0], dtype=np.float32)

    jax.jit(lambda v: compiled(v) + 1.0)(speed)
    jax.jit(lambda v: compiled(v) * 3.0)(speed)
    assert energy.count == __(1)
    # WHY: Both callers pass shape (3,) and float32, so the second one reuses the trace.
    # IF 2: 2 is the number of callers. They share the cache of `compiled`.
    # IF 0: Tracing a caller also traces the function that it calls.
    compiled(speed)
    assert energy.count == __(1)
    # WHY: A direct call has the same signature, and the same cache.
    # IF 2: Whether the caller is compiled does not matter; shape and dtype are not new.
    # IF 3: 3 is the number of calls. The second and the third one reuse the trace.
    jax.jit(lambda v: compiled(v[:2]))(speed)
    assert energy.count == __(2)
    # WHY: Inside this caller the argument has shape (2,), which is new.
    # IF 1: v[:2] has shape (2,), and the trace so far is valid for shape (3,).
    # IF 3: The direct call above caused no trace.
    # IF 4: 4 is the number of calls. Only the first and the last one trace `energy`.


# You can now predict how often a function is traced.
# Next: Python control flow that a trace cannot record, such as `if`.
