"""How to see values inside a compiled function, check them, and call plain Python from it."""

import contextlib
import io

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.experimental import checkify
from numpy.testing import assert_allclose

from jax_koans import __, counted


def kinetic_energy(speed):
    """Return speed * speed / 2, and print a line that contains the speed at each execution."""
    # TODO: print the value at each execution, instead of the tracer at the first call
    print("speed", speed)
    return speed * speed / 2


def test_debug_print_shows_the_values_of_every_execution():
    """`jax.debug.print(fmt, *args, **kwargs)` is recorded in the trace and prints when executed.

    It formats as str.format does, with one pair of braces per value: jax.debug.print("h = {}", h).
    `jax.effects_barrier()` waits until everything is printed.
    """
    traced = counted(lambda speed: kinetic_energy(speed))
    compiled = jax.jit(traced)

    speeds = np.array([3.5, -2.25, 7.75], dtype=np.float32)
    for speed in speeds:
        with contextlib.redirect_stdout(io.StringIO()) as screen:
            energy = compiled(speed)
            jax.effects_barrier()
        message = "expected speed * speed / 2"
        assert_allclose(energy, speed**2 / 2, rtol=1e-5, err_msg=message)
        shown = screen.getvalue()
        assert f"{speed}" in shown, f"speed {speed}: expected a line that shows it, got {shown!r}"
        others = [f"{each}" for each in speeds if each != speed and f"{each}" in shown]
        assert not others, f"speed {speed}: expected no other speed, got {shown!r}"
    assert traced.count == 1, f"expected 1 run of the body for 3 calls, got {traced.count}"


def drop(height, time):
    """Return the height left, and print a line such as "after 0.5 s: 18.75 m" at each execution."""
    left = height - 5 * time**2
    # TODO: print the values of `time` and `left`, in the same format
    jax.debug.print(f"after {time} s: {left} m")
    return left


def test_an_f_string_in_debug_print_is_formatted_while_tracing():
    """Python formats an f-string before it calls the function, so while tracing it shows a tracer.

    jax.debug.print must format later, when it has values. Pass it a plain string and the values:
    `jax.debug.print("x = {x}", x=x)`.
    """
    traced = counted(lambda height, time: drop(height, time))
    compiled = jax.jit(traced)

    for height, time in [(20.0, 0.5), (8.5, 1.0), (20.0, -1.0)]:
        left = height - 5 * time**2
        with contextlib.redirect_stdout(io.StringIO()) as screen:
            assert_allclose(compiled(height, time), left, rtol=1e-5, err_msg="height - 5 * time**2")
            jax.effects_barrier()
        shown, expected = screen.getvalue().strip(), f"after {time} s: {left} m"
        assert shown == expected, f"expected the line {expected!r}, got {shown!r}"
    assert traced.count == 1, f"expected 1 run of the body for 3 calls, got {traced.count}"


def test_disable_jit_runs_the_body_as_plain_python():
    """In a block `with jax.disable_jit():` a compiled function runs its Python body at every call.

    The arguments have values there, so `if`, float() and a debugger work. After the block jit
    traces as usual, and the body raises one of the four errors of chapter 02.
    """
    seen = []

    @jax.jit
    def brake(speed):
        seen.append(float(speed))
        return 0.5 * speed if speed > 10 else speed

    with jax.disable_jit():
        assert brake(jnp.array(30.0)) == __
        assert brake(jnp.array(4.0)) == __
    assert seen == __

    with pytest.raises(Exception) as met:
        brake(jnp.array(30.0))
    assert met.type is __


def on_host(table, depth):
    """Return table(depth), in compiled code too; `table` is NumPy code that JAX cannot trace.

    `table` takes an array with values. It returns one of the same shape and dtype.
    """
    # TODO: call `table` in Python at each execution, with jax.pure_callback
    raise NotImplementedError


def test_pure_callback_calls_numpy_from_compiled_code():
    """`jax.pure_callback(callback, result_shape_dtypes, *args)` returns callback(*args).

    Compiled code calls the Python function with arrays, not with tracers. JAX cannot see what it
    does, so state the shape and dtype of the result: `jax.ShapeDtypeStruct(shape, dtype)`, from
    chapter 02. A callback is slow, and it has no derivative.
    """

    def table(depth):
        celsius = np.interp(np.asarray(depth), [0.0, 10.0, 20.0], [4.0, 8.0, 2.0])
        return celsius.astype(depth.dtype)

    traced = counted(lambda depth: 1.8 * on_host(table, depth) + 32.0)
    fahrenheit = jax.jit(traced)
    depth = np.array([0.0, 5.0, 20.0, 15.0], dtype=np.float32)

    for now in (depth, depth[::-1], depth / 2, depth.reshape(2, 2)):
        expected = (1.8 * table(now) + 32.0).astype(np.float32)
        got = fahrenheit(now)
        message = "expected 1.8 * table(depth) + 32"
        assert_allclose(got, expected, rtol=1e-5, strict=True, err_msg=message)
    assert traced.count == 2, f"expected 2 runs of the body for 2 shapes, got {traced.count}"
    doubled = jax.jit(lambda depth: on_host(lambda d: np.asarray(d) * 2, depth))(depth)
    assert_allclose(doubled, depth * 2, rtol=1e-5, strict=True, err_msg="another `table`: d * 2")


def pendulum_period(length):
    """Return 2 * pi * sqrt(length / 9.81), and check that each length is above 0."""
    # TODO: check all lengths; put the value of the shortest length into the message
    if jnp.any(length <= 0):
        raise ValueError(f"shortest length: {jnp.min(length)}")
    return 2 * jnp.pi * jnp.sqrt(length / 9.81)


def test_checkify_returns_the_error_as_a_value():
    """Compiled code cannot raise an error that depends on a value. It can return the error.

    `checkify.check(pred, msg, **fmt_kwargs)` fails if pred, a scalar, is False; it formats msg as
    jax.debug.print does. `checkify.checkify(f)` returns a function that returns the pair (error,
    output of f). `error.get()` is None or the message; `error.throw()` raises a ValueError with it.
    """
    traced = counted(lambda length: pendulum_period(length))
    compiled = jax.jit(checkify.checkify(traced))
    length = np.array([4.0, 0.25, 1.0], dtype=np.float32)

    error, period = compiled(length)
    assert error.get() is None, f"all lengths above 0: expected no error, got {error.get()!r}"
    expected = 2 * np.pi * np.sqrt(length / 9.81)
    assert_allclose(period, expected, rtol=1e-5, err_msg="expected 2 * pi * sqrt(length / 9.81)")
    for wrong, shortest, other in (([4, -2.25, -0.5], "-2.25", "0.0"), ([3, 0, 1.5], "0.0", "-2")):
        error, _ = compiled(np.array(wrong, dtype=np.float32))
        found = error.get()
        assert found is not None, f"lengths {wrong}: expected an error, got error.get() = None"
        message = f"lengths {wrong}: expected the shortest, {shortest}, in the message {found!r}"
        assert shortest in found, message
        assert other not in found, f"{message}, and not {other}"
        with pytest.raises(ValueError):
            error.throw()
    assert traced.count == 1, f"expected 1 run of the body for 3 calls, got {traced.count}"


# You can now print and check values in a compiled function, and call NumPy code from it.
# Next, in chapter 04: loops and branches that depend on traced values.
