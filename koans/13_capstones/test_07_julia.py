"""A Julia set: each pixel needs a loop that stops by itself, and two vmaps make the picture."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.testing import assert_array_equal

from jax_koans import counted, equations, primitives


def escape(z, c, limit):
    """Return how many iterations of z = z**2 + c run while abs(z) <= 2, at most `limit`; an int.

    z and c are complex scalars. If abs(z) > 2 at the start, the result is 0.
    """
    # TODO: use a compiled loop with two stopping conditions
    raise NotImplementedError


def test_a_while_loop_can_have_two_stopping_conditions():
    """Some points never escape, so the loop also needs a limit on its number of iterations.

    The carry of `lax.while_loop(cond_fun, body_fun, init_val)` holds the point and the count. The
    condition combines two booleans, and the count is the result.
    """

    def reference(z, c, limit):
        count = 0
        while abs(z) <= 2 and count < limit:
            z, count = z**2 + c, count + 1
        return count

    traced = counted(lambda z, c, limit: escape(z, c, limit))
    compiled = jax.jit(traced)
    cases = [(0.5 + 0.5j, 0.3 + 0.5j, 50), (1.0 + 1.0j, -0.8 + 0.2j, 50), (3.0 + 0.0j, 0j, 50)]
    cases += [(2.0 + 0.0j, 0j, 50), (0.0 - 2.0j, 0.1j, 1), (0.1j, 0j, 0)]
    cases += [(0.1j, -0.5 + 0.0j, 50), (0.1j, -0.5 + 0.0j, 7), (1.2 - 0.3j, 0.3 + 0.5j, 3)]
    for z, c, limit in cases:
        found, expected = compiled(z, c, limit), reference(z, c, limit)
        case = f"z = {z}, c = {c}, limit {limit}"
        assert found == expected, f"{case}: expected {expected} iterations, got {found}"
        assert found.dtype.kind == "i", f"{case}: expected an int, got {found.dtype}"
    assert traced.count == 1, f"expected 1 trace for all z, c and limits, got {traced.count}"
    used = primitives(lambda z, c: escape(z, c, 50), 0.5j, 0.3 + 0.5j)
    assert "while" in used, f"expected a while, which can stop early, got {sorted(used)}"


def julia(c, x, y, limit):
    """Return escape(x + i y, c, limit) for every x and every y, shape (len(y), len(x))."""

    # TODO: map over x and y separately, so that there is a row per y and a column per x
    def pixel(x, y):
        return escape(x + 1j * y, c, limit)

    return jax.vmap(jax.vmap(pixel))(x, y)


def test_two_vmaps_turn_one_pixel_into_a_picture(figure):
    """Under vmap all pixels share one while loop, which runs until the last of them has stopped.

    Pixels that have stopped keep their count. So you write the loop of one pixel, and map it twice.
    """
    c, x, y = -0.4 + 0.6j, np.linspace(-1.5, 1.5, 7), np.linspace(-1.0, 0.6, 4)
    for limit in (4, 9):
        expected = np.zeros((4, 7), dtype=int)
        z = x + 1j * y[:, None]
        for _ in range(limit):
            expected += np.abs(z) <= 2
            z = np.where(np.abs(z) <= 2, z**2 + c, z)
        found = jax.jit(julia)(c, jnp.array(x), jnp.array(y), limit)
        message = f"expected shape (4, 7), a row per y and a column per x, got {found.shape}"
        assert found.shape == (4, 7), message
        message = f"limit {limit}: expected the counts for x + i y"
        assert_array_equal(found, expected, err_msg=message)
    few, many = (equations(lambda x, y: julia(c, x, y, 9), x[:k], y[:k]) for k in (2, 4))
    message = f"expected equal equation counts for 2 x 2 and 4 x 4 pixels, got {few} and {many}"
    assert few == many, f"{message}: a Python loop is unrolled"
    used = primitives(lambda x, y: julia(c, x, y, 9), x, y)
    message = "expected one loop for all pixels, got a compiled loop over the rows"
    assert "scan" not in used, f"{message}: {sorted(used)}"

    @figure("julia", xlabel="Re z", ylabel="Im z")
    def draw(axes):
        x, y = jnp.linspace(-1.6, 1.6, 400), jnp.linspace(-1.2, 1.2, 300)
        counts = jax.jit(julia)(c, x, y, 60)
        image = axes.imshow(
            counts, extent=(-1.6, 1.6, -1.2, 1.2), origin="lower", cmap="cividis", norm="log"
        )
        axes.grid(False)
        axes.figure.colorbar(image, label="iterations until |z| > 2, at most 60")


def zoom_levels(start, width, pixels):
    """Return how many of the widths width, width / 2, width / 4, ... keep all pixels distinct.

    For a width w, the pixels are start + w * (0, 1, ..., pixels - 1) / (pixels - 1). The result is
    an int: the number of widths before the first at which two neighboring pixels are equal. `start`
    and `width` are scalar arrays of one float dtype; `pixels` is a Python int.
    """
    # TODO: use a compiled loop that compares the neighbors
    raise NotImplementedError


def test_the_dtype_limits_the_zoom():
    """A zoom into a picture ends where neighboring pixels round to the same floating-point number.

    Between 0.5 and 1, neighboring float32 numbers are 2^-24 apart, and float64 numbers 2^-53. So
    the same code zooms more than twice as deep in float64.
    """

    def reference(start, width, pixels):
        offsets = np.arange(pixels, dtype=start.dtype) / start.dtype.type(pixels - 1)
        count = 0
        while np.all(np.diff(start + width * offsets) > 0):
            width, count = width / 2, count + 1
        return count

    cases = [(0.5, 1.0, 9), (0.5, 1.0, 3), (-3.0, 4.0, 17), (0.75, 2.0**-60, 5), (0.5, 2.0**-24, 2)]
    for x64, dtype in ((False, np.float32), (True, np.float64)):
        with jax.enable_x64(x64):
            across_1 = (1 - 4 * np.finfo(dtype).epsneg, 1.0, 17)  # the spacing doubles at 1
            for start, width, pixels in [*cases, across_1]:
                compiled = jax.jit(lambda s, w, pixels=pixels: zoom_levels(s, w, pixels))
                found = compiled(jnp.array(start, dtype), jnp.array(width, dtype))
                assert jnp.shape(found) == (), f"expected a scalar, got shape {jnp.shape(found)}"
                expected = reference(dtype(start), dtype(width), pixels)
                case = f"start {start}, width {width}, {pixels} pixels, {dtype.__name__}"
                assert found == expected, f"{case}: expected {expected} widths, got {found}"


# The loop of one pixel, two vmaps, one picture. You have reached the end of the path: take a
# problem of your own, write it for one example, and let JAX do the rest.
