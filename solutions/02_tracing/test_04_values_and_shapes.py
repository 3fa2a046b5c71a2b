"""Values belong to JAX and are traced; shapes belong to Python and are known at once."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from jax_koans import executed, primitives


def pendulum_pull(angle):
    """The pull on a pendulum, -9.81 sin(angle)."""
    # BEGIN PROMPT: take a sine that records itself
    # return -9.81 * np.sin(angle)
    # BEGIN SOLUTION
    return -9.81 * jnp.sin(angle)
    # END SOLUTION


def test_a_numpy_ufunc_does_not_accept_a_tracer():
    """NumPy computes at once, so it asks for numbers. A tracer has none to give."""
    # HINT: Called on numbers it works. What does np.sin do with a tracer? Read JAX's error.
    # HINT: jax.numpy has the same function, and that one knows how to be traced.
    angles = np.array([-2.0, 0.0, 0.5, 3.0], dtype=np.float32)
    pull = np.float32(-9.81) * np.sin(angles)

    assert_allclose(pendulum_pull(angles), pull, rtol=1e-5, err_msg="-9.81 * sin of each angle")
    compiled = jax.jit(pendulum_pull)(angles)
    assert_allclose(
        compiled, pull, rtol=1e-5, strict=True, err_msg="compiled, -9.81 * sin of each angle too"
    )
    used = primitives(pendulum_pull, angles)
    assert "sin" in used, f"the sine went past JAX: the jaxpr holds only {used}"


def detector_image(pixels):
    """A flat row of n * n pixels as an image of n rows."""
    # BEGIN PROMPT: work the side out from the size without making a tracer of it
    # side = jnp.sqrt(pixels.size).astype(int)
    # return pixels.reshape(side, side)
    # BEGIN SOLUTION
    side = int(np.sqrt(pixels.size))
    return pixels.reshape(side, side)
    # END SOLUTION


def test_a_size_computed_with_jnp_is_a_tracer():
    """A tracer's shape and size are Python numbers. What jnp makes of them under jit is a tracer.

    And a tracer has no value, so it cannot say how large an array is to be. For a size compute with
    NumPy or `math`, on `.shape` and `.size`, which are plain numbers.
    """
    # HINT: pixels.size is a Python number, even under jit. After jnp.sqrt it no longer is.
    # HINT: Here NumPy, the math module or plain Python are right: they compute at once.
    # HINT: int(np.sqrt(pixels.size))
    nine = np.arange(9, dtype=np.float32) - 4
    image = np.array([[-4, -3, -2], [-1, 0, 1], [2, 3, 4]], dtype=np.float32)
    sixteen = np.arange(16, dtype=np.int32)

    assert_allclose(detector_image(nine), image, err_msg="n rows of n pixels, row by row")
    compiled = jax.jit(detector_image)
    assert_allclose(compiled(nine), image, strict=True, err_msg="compiled, the same image")
    assert compiled(sixteen).shape == (4, 4), "sixteen pixels make four rows"
    assert compiled(sixteen)[2, 1] == 9, "row by row: pixel 9 is in row 2, column 1"
    for side in (1, 2, 6):
        found = compiled(np.ones(side * side, dtype=np.float32)).shape
        assert found == (side, side), f"{side * side} pixels: the side follows the size"


def slit_positions(slits):
    """A function of `spacing`: where the slits of a grating are, 0, spacing, 2 * spacing, ..."""
    # BEGIN PROMPT: let JAX trace the spacing alone; the number of slits decides a shape
    # compiled = jax.jit(lambda slits, spacing: spacing * jnp.arange(slits))
    # return lambda spacing: compiled(slits, spacing)
    # BEGIN SOLUTION
    return jax.jit(lambda spacing: spacing * jnp.arange(slits))
    # END SOLUTION


def test_a_size_must_be_known_while_tracing():
    """Every shape in a jaxpr is fixed, so what decides one must have a value while JAX traces.

    Left to itself, jit makes a tracer of every argument; what a function takes from around it is
    not one.
    """
    # HINT: slits is known when slit_positions is called. Which line makes a tracer of it?
    # HINT: The compiled function should take one argument, the spacing.
    # HINT: jax.jit(lambda spacing: ...) may use slits from around it, as a Python number.
    spacing = jnp.array(-0.5)
    four = jnp.array([0.0, -0.5, -1.0, -1.5])

    positions = slit_positions(4)
    assert_allclose(
        positions(spacing), four, strict=True, err_msg="0, spacing, 2 * spacing, and so on"
    )
    assert_allclose(
        positions(-2 * spacing), -2 * four, err_msg="each call has a spacing of its own"
    )
    assert slit_positions(2)(spacing).shape == (2,), "as many positions as slits"
    both = jax.vmap(slit_positions(3))(jnp.array([1.0, 4.0]))
    table = [[0.0, 1.0, 2.0], [0.0, 4.0, 8.0]]
    assert_allclose(both, table, err_msg="vmap traces the spacing: it must not be frozen")


def forecast(model, shape, dtype):
    """The shape and dtype of model(x), as one object with both, for x of that shape and dtype.

    `jax.ShapeDtypeStruct(shape, dtype)` stands for such an x without holding one number of it, and
    `jax.eval_shape(f, x)` traces f(x): it answers with another one and computes nothing.
    """
    # BEGIN PROMPT: trace the model, do not run it
    # BEGIN SOLUTION
    return jax.eval_shape(model, jax.ShapeDtypeStruct(shape, dtype))
    # END SOLUTION


def test_eval_shape_returns_shape_and_dtype_without_computing():
    """A tracer needs no numbers behind it, so tracing works where memory would not suffice.

    `executed(f)` is f with another counter: `f.runs()` says how often its operations were really
    computed. A trace alone does not count.
    """
    # HINT: Make a stand-in for x, then give the model and the stand-in to jax.eval_shape.
    # HINT: jax.ShapeDtypeStruct(shape, dtype) is the stand-in.
    outer = executed(lambda x: x[:, None] * x)

    small = forecast(outer, (3,), jnp.int32)

    assert (small.shape, small.dtype) == ((3, 3), jnp.int32), (
        "3 int32 numbers give a 3 by 3 table of int32"
    )
    assert outer.runs() == 0, "the model was run; tracing it is enough"
    rising = forecast(lambda x: x[1:] > x[:-1], (5,), jnp.float32)
    assert (rising.shape, rising.dtype) == ((4,), bool), "5 numbers have 4 steps between them"
    # 400 terabytes, if anyone were to compute it:
    huge = forecast(outer, (10_000_000,), jnp.float32)
    assert huge.shape == (10_000_000, 10_000_000), "the table would be as tall as it is wide"
    assert huge.dtype == jnp.float32, "a float32 vector gives a float32 table"


# You know why JAX refuses a tracer here and there, and what to do: jnp for values, Python and NumPy
# for shapes, a closure for sizes. Next, in chapter 03: jit, which traces once and runs often.
