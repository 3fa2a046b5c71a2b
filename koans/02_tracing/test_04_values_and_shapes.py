"""While JAX traces, the values of the arguments are unknown; shapes and dtypes are known."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from jax_koans import executed, primitives


def pendulum_pull(angle):
    """Return -9.81 * sin(angle), with the shape of angle."""
    # TODO: use a sine that accepts a tracer
    return -9.81 * np.sin(angle)


def test_a_numpy_ufunc_does_not_accept_a_tracer():
    """np.sin and other NumPy ufuncs convert their argument to a NumPy array.

    A tracer has no elements to convert, so this raises TracerArrayConversionError. The function of
    the same name in jax.numpy accepts arrays and tracers, and JAX records its operations.
    """
    angles = np.array([-2.0, 0.0, 0.5, 3.0], dtype=np.float32)
    expected = np.float32(-9.81) * np.sin(angles)

    message = "pendulum_pull(angles): expected -9.81 * sin(angles)"
    assert_allclose(pendulum_pull(angles), expected, rtol=1e-5, err_msg=message)
    message = "jax.jit(pendulum_pull)(angles): expected -9.81 * sin(angles)"
    compiled = jax.jit(pendulum_pull)(angles)
    assert_allclose(compiled, expected, rtol=1e-5, strict=True, err_msg=message)
    used = primitives(pendulum_pull, angles)
    assert "sin" in used, f"expected the primitive sin in the jaxpr, got {sorted(used)}"


def detector_image(pixels):
    """Return `pixels`, shape (n * n,), as an image of shape (n, n), filled row by row."""
    # TODO: compute the side as a Python int, even while jit traces
    side = jnp.sqrt(pixels.size).astype(int)
    return pixels.reshape(side, side)


def test_a_size_computed_with_jnp_is_a_tracer():
    """Under jit, `pixels.size` and the entries of `pixels.shape` are Python ints.

    jnp.sqrt of such an int is a tracer: it has no value, so it cannot determine a shape. Compute
    sizes with Python, the math module or NumPy, which return numbers and not tracers.
    """
    nine = np.arange(9, dtype=np.float32) - 4
    image = np.array([[-4, -3, -2], [-1, 0, 1], [2, 3, 4]], dtype=np.float32)
    message = "nine pixels: expected 3 rows of 3 pixels, filled row by row"

    assert_allclose(detector_image(nine), image, err_msg=message)
    compiled = jax.jit(detector_image)
    assert_allclose(compiled(nine), image, strict=True, err_msg=f"with jit, {message}")
    for side in (1, 2, 4, 7):
        pixels = np.arange(side * side, dtype=np.int32)
        image = compiled(pixels)
        message = f"{side * side} pixels: expected shape {(side, side)}, got {image.shape}"
        assert image.shape == (side, side), message
        message = f"{side * side} pixels: expected rows of {side} pixels, filled row by row"
        assert_allclose(image, pixels.reshape(side, side), err_msg=message)


def slit_positions(slits):
    """Return a function of `spacing` that returns the positions of the slits of a grating.

    These are 0, spacing, 2 * spacing, ..., shape (slits,). `slits` is a Python int.
    """
    # TODO: pass only the spacing to the jitted function; `slits` determines a shape
    compiled = jax.jit(lambda slits, spacing: spacing * jnp.arange(slits))
    return lambda spacing: compiled(slits, spacing)


def test_a_size_must_be_known_while_tracing():
    """Every shape in a jaxpr is fixed, so whatever determines a shape must be known while tracing.

    By default, jit replaces each array and each number among the arguments with a tracer. A Python
    int from the enclosing scope stays a Python int.
    """
    spacing = jnp.array(-0.5)
    four = jnp.array([0.0, -0.5, -1.0, -1.5])

    positions = slit_positions(4)
    assert callable(positions), f"expected a function of spacing, got {type(positions).__name__}"
    message = "slit_positions(4): expected 0, spacing, 2 * spacing, 3 * spacing"
    assert_allclose(positions(spacing), four, strict=True, err_msg=message)
    message = "slit_positions(4), called for another spacing"
    assert_allclose(positions(-2 * spacing), -2 * four, strict=True, err_msg=message)
    for slits in (1, 2, 5):
        shape = slit_positions(slits)(spacing).shape
        assert shape == (slits,), f"expected {slits} positions, got shape {shape}"
    both = jax.vmap(slit_positions(3))(jnp.array([1.0, 4.0]))
    expected = [[0.0, 1.0, 2.0], [0.0, 4.0, 8.0]]
    message = "jax.vmap(slit_positions(3)): expected one row of positions per spacing"
    assert_allclose(both, expected, err_msg=message)


def forecast(model, shape, dtype):
    """Return an object with the shape and dtype of model(x), for an array x of `shape` and `dtype`.

    The object has the attributes `.shape` and `.dtype`.
    """
    # TODO: trace the model; allocate no array of this shape and do not run the model
    raise NotImplementedError


def test_eval_shape_returns_shape_and_dtype_without_computing():
    """`jax.eval_shape(f, x)` traces f(x) and returns a `jax.ShapeDtypeStruct`; it computes nothing.

    x itself may be a `jax.ShapeDtypeStruct(shape, dtype)`, which holds no elements. So you can
    check a model that is too large for this machine. `executed(f)`, from jax_koans, wraps f;
    `f.runs()` is the number of times its operations were computed. Tracing does not count.
    """
    outer = executed(lambda x: x[:, None] * x)
    rising = executed(lambda x: x[1:] > x[:-1])
    pair = executed(lambda x: jnp.stack([x, x]))

    for name, model, shape, dtype, expected in [
        ("x[:, None] * x", outer, (3,), jnp.int32, ((3, 3), jnp.int32)),
        ("x[1:] > x[:-1]", rising, (5,), jnp.float32, ((4,), bool)),
        ("jnp.stack([x, x])", pair, (), jnp.float32, ((2,), jnp.float32)),
    ]:
        got = forecast(model, shape, dtype)
        message = f"{name} for x of shape {shape}: expected shape {expected[0]}, got {got.shape}"
        assert got.shape == expected[0], message
        message = f"{name}: expected dtype {np.dtype(expected[1])}, got {got.dtype}"
        assert got.dtype == expected[1], message
        runs = model.runs()
        assert runs == 0, f"{name}: expected a trace and no run of the model, got {runs} runs"

    many = 10**14  # 400 terabytes of float32
    got = forecast(outer, (many,), jnp.float32)
    message = f"x[:, None] * x for x of shape {(many,)}: expected {(many, many)}, got {got.shape}"
    assert got.shape == (many, many), message
    assert got.dtype == jnp.float32, f"expected float32 for a float32 x, got {got.dtype}"


# You know how to write code that JAX can trace: use jnp for values, Python or NumPy for shapes, and
# do not pass sizes as arguments.
# Next, in chapter 03: jit, which reuses its traces.
