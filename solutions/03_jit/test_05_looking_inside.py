"""Ways to see values in a compiled function, and to call plain Python from it."""

import contextlib
import io

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from jax_koans import __, counted


def kinetic_energy(speed):
    """speed * speed / 2; each run prints a line that shows the speed."""
    # BEGIN PROMPT: show the value at every run, not the tracer at the first one
    # print("speed", speed)
    # BEGIN SOLUTION
    jax.debug.print("speed {}", speed)
    # END SOLUTION
    return speed * speed / 2


def test_debug_print_shows_the_values_of_every_execution():
    """Python's print is over once the trace is made; `jax.debug.print` is recorded and runs.

    It takes a format, as `str.format` does: `jax.debug.print("height {}", height)`. And
    `jax.effects_barrier` waits for what is on its way.
    """
    # HINT: The value must go through the program: an f-string would format the tracer.
    # HINT: A pair of braces in the format marks the place; the value follows as an argument.
    # HINT: jax.debug.print("speed {}", speed)
    traced = counted(lambda speed: kinetic_energy(speed))
    compiled = jax.jit(traced)

    for speed in np.array([3.5, -2.25, 7.75], dtype=np.float32):
        with contextlib.redirect_stdout(io.StringIO()) as screen:
            energy = compiled(speed)
            jax.effects_barrier()
        assert_allclose(energy, speed**2 / 2, rtol=1e-5, err_msg="the energy itself")
        shown = screen.getvalue()
        assert f"{speed}" in shown, f"a run at {speed} shows {shown!r}: is the print recorded?"
    assert traced.count == 1, f"{traced.count} traces: the energy should stay compiled"


def test_disable_jit_runs_the_body_as_plain_python():
    """To debug, switch jit off for a block: every call runs your lines, on real numbers.

    After the block they meet a tracer again, and with it one of the four errors of chapter 02.
    """
    # HINT: Inside the block `if`, float() and a debugger work: nothing is traced.
    # HINT: Each call runs the body, so each one appends its speed.
    # HINT: After the block jit traces again. Its first question is float(speed), not the `if`.
    seen = []

    @jax.jit
    def brake(speed):
        seen.append(float(speed))
        return 0.5 * speed if speed > 10 else speed

    with jax.disable_jit():
        assert brake(jnp.array(30.0)) == __(15.0)
        assert brake(jnp.array(4.0)) == __(4.0)
    assert seen == __([30.0, 4.0])

    with pytest.raises(Exception) as met:
        brake(jnp.array(30.0))
    assert met.type is __(jax.errors.ConcretizationTypeError)


def on_host(table, depth):
    """`table(depth)` for a NumPy function that JAX cannot trace, inside compiled code or not.

    `table` wants a real array, and answers with one of the same shape and dtype.
    """
    # BEGIN PROMPT: let the compiled program call `table` each time that it runs
    # BEGIN SOLUTION
    return jax.pure_callback(table, jax.ShapeDtypeStruct(depth.shape, depth.dtype), depth)
    # END SOLUTION


def test_pure_callback_calls_numpy_from_compiled_code():
    """`jax.pure_callback(f, what_comes_back, *arguments)` calls f in Python at every run: slow,
    without derivative.

    JAX cannot look inside f, so it must be told what comes back. A `jax.ShapeDtypeStruct(shape,
    dtype)` tells it: chapter 02 has it as a stand-in for an array without its values.
    """

    # HINT: Here f is table, and there is one argument, depth.
    # HINT: Say what comes back by jax.ShapeDtypeStruct(shape, dtype): of which shape and dtype?
    # HINT: What comes back is like depth: depth.shape and depth.dtype.
    def table(depth):
        celsius = np.interp(np.asarray(depth), [0.0, 10.0, 20.0], [4.0, 8.0, 2.0])
        return celsius.astype(depth.dtype)

    traced = counted(lambda depth: 1.8 * on_host(table, depth) + 32.0)
    fahrenheit = jax.jit(traced)
    depth = np.array([0.0, 5.0, 20.0, 15.0], dtype=np.float32)

    for now in (depth, depth[::-1], depth / 2, depth.reshape(2, 2)):
        wanted = (1.8 * table(now) + 32.0).astype(np.float32)
        found = fahrenheit(now)
        assert_allclose(found, wanted, rtol=1e-5, strict=True, err_msg="`table` at every depth")
    assert traced.count == 2, f"{traced.count} traces for 2 shapes: stay compiled"
    doubled = jax.jit(lambda depth: on_host(lambda d: np.asarray(d) * 2, depth))(depth)
    assert_allclose(doubled, depth * 2, rtol=1e-5, strict=True, err_msg="another `table`")


# You can now see into a compiled function, and leave it where you must.
# Next: chapter 04, loops and branches that belong to the program.
